/* SPDX-License-Identifier: BSD-3-Clause */
/* protection.h: what each side is shown of the protection of its streams, and what is agreed on by that. */
#ifndef NATSBC_RTPPROXY_PROTECTION_H
#define NATSBC_RTPPROXY_PROTECTION_H

#include "rtpproxy/offer/parties.h"
#include "rtpproxy/session/ice.h"

struct offer_media;
struct sdp_ours;

/* How one m-line is shown to its reader. */
struct protection {
	uint8_t shield;           /* enum shield_kind */
	bool optional;            /* offer: the reader may do without (RFC 8643) */
	bool is_answer;           /* else an offer */
	bool any;                 /* there are lines of ours to be written */
	uint8_t setup;            /* DTLS: enum sdp_setup, ours */
	struct sdp_crypto crypto; /* SDES, answer: ours for the line that was chosen */
	uint8_t mux;              /* enum mux_look */
	uint8_t ice;              /* enum ice_look */
	struct ice_us us;         /* what ICE_OURS shows */
	struct span mid;          /* what the reader called the m-line, where it does not see it anyhow (bundle.h) */
	struct span group;        /* the same, where it had put it into a group */
};

/* The description in hand is an offer, its profiles are chosen and its ports are taken: what else is its reader to be
 * shown? Changes nothing that is in force. Completes m->look. */
enum outcome protection_offer(struct job *j, const struct parties *p, struct offer_media *m, unsigned n);

/* The same of an answer, whose reader is the offerer. */
enum outcome protection_answer(struct job *j, const struct session *s, const struct parties *p, struct offer_media *m,
			       unsigned n);

/* The answer is in force. */
void protection_commit(struct job *j, struct session *s, const struct parties *p, const struct offer_media *m,
		       unsigned n);

/* The same of one leg alone: of the one that reads the answer, or of who gave it. */
void protection_commit_leg(struct job *j, struct session *s, struct leg *l, bool is_reader, const struct offer_media *m,
			   unsigned n);

/* The lines of ours at the end of the m-section that has these addresses. */
void protection_write(const struct job *j, const struct leg *to, unsigned stream, const struct protection *look,
		      const struct sdp_ours *ours, struct writer *w);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* secure.h: what a stream has beyond plain RTP on two ports; a plain one has none of it. Each member belongs to a noun
 * of its own; here is when they are asked. */
#ifndef NATSBC_RTPPROXY_SECURE_H
#define NATSBC_RTPPROXY_SECURE_H

#include "rtpproxy/line/mux.h"
#include "rtpproxy/line/shield.h"
#include "rtpproxy/offer/parties.h"
#include "rtpproxy/session/ice.h"

struct offer_media;
struct sdp_ours;
struct handshake;

struct secure {
	struct shield shield;
	struct mux mux;
	struct ice ice;
	struct handshake *handshake; /* owned; DTLS: whoever has the certificate that was named; NULL: none */
};

/* How one m-line is shown to its reader. */
struct secure_look {
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

/* The stream's, made where it has none. NULL without memory. */
struct secure *secure_make(struct stream *m);
/* s may be NULL. */
void secure_free(struct secure *s);

/* The description in hand is an offer, its profiles are chosen and its ports are taken: what else is its reader to be
 * shown? Changes nothing that is in force. Completes m->look. */
enum outcome secure_offer(struct job *j, const struct parties *p, struct offer_media *m, unsigned n);

/* The same of an answer, whose reader is the offerer. */
enum outcome secure_answer(struct job *j, const struct session *s, const struct parties *p, struct offer_media *m,
			   unsigned n);

/* The answer is in force. */
void secure_commit(struct job *j, struct session *s, const struct parties *p, const struct offer_media *m, unsigned n);

/* The same of one leg alone: of the one that reads the answer, or of who gave it. */
void secure_commit_leg(struct job *j, struct session *s, struct leg *l, bool is_reader, const struct offer_media *m,
		       unsigned n);

/* The lines of ours at the end of the m-section that has these addresses. */
void secure_write(const struct job *j, const struct leg *to, unsigned stream, const struct secure_look *look,
		  const struct sdp_ours *ours, struct writer *w);

/* The side's RTCP comes to the port of its RTP: the next port is shut. */
static inline bool secure_is_muxed(const struct stream *m)
{
	return m->secure && m->secure->mux.on;
}

/* What the packet path is to know of it. */
void secure_spec(const struct stream *m, struct port_spec *spec);

#endif

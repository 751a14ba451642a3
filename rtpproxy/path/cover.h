/* SPDX-License-Identifier: BSD-3-Clause */
/* cover.h: what a port has where its side is more than plain RTP: mail for control. Plain ports have none.
 * Made by control, at work in the worker that has the port, and given back by it when another takes its place. */
#ifndef NATSBC_RTPPROXY_COVER_H
#define NATSBC_RTPPROXY_COVER_H

#include "rtpproxy/path/datapath.h"

/* Of what nobody has authenticated a port takes no more than this (CALLS.md I9). */
enum { COVER_MAIL_BURST = 50, COVER_MAIL_MS = 20 /* for one more */ };

struct cover {
	/* As control wants it. */
	bool wants_stun, wants_dtls;
	/* The worker's. */
	uint8_t mails; /* taken of the burst */
	uint64_t mails_at_ms;
	struct cover *next; /* of those that were given back */
};

/* Does the spec ask for one? */
bool cover_is_asked(const struct port_spec *spec);

/* For this spec; NULL without memory. Caller frees with cover_free(). */
struct cover *cover_new(const struct port_spec *spec);
void cover_free(struct cover *c);

/* Is it what the spec asks for? */
bool cover_fits(const struct cover *c, const struct port_spec *spec);

/* The worker's side: it takes the place of that one. */
void cover_follow(struct cover *c, const struct cover *before);

/* The worker's side: may the port take one more datagram for control? */
bool cover_mail(struct cover *c, uint64_t now_ms);

/* Those that workers gave back. Any thread gives, control takes all. */
struct cover_pile {
	struct cover *top;
};

void cover_give(struct cover_pile *pile, struct cover *c);
void cover_pile_free(struct cover_pile *pile);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* cover.h: what a port has where its side is more than plain RTP: keys, RTCP on the port of RTP, mail for control.
 * Plain ports have none. Made by control, at work in the worker that has the port, and given back by it when another
 * takes its place. */
#ifndef NATSBC_RTPPROXY_COVER_H
#define NATSBC_RTPPROXY_COVER_H

#include "rtpproxy/path/datapath.h"
#include "rtpproxy/path/seal.h"

enum {
	/* Of what nobody has authenticated a port takes no more mail than this (CALLS.md I9). */
	COVER_MAIL_BURST = 50,
	COVER_MAIL_MS = 20, /* for one more */
	/* A new key is known here before the other side uses it: so long the old one opens, too. */
	COVER_FORMER_MS = 2000,
	/* So many keys each way are remembered, the one at work among them: all that a side may choose from what it was
	 * told once (shield.h), one of each suite. */
	COVER_KEYS = SRTP_SUITE_N - 1,
};

/* How much mail was taken of late. */
struct cover_mails {
	uint64_t at_ms;
	uint8_t taken; /* of the burst */
};

/* The keys that a pair of ports has had in one direction, that of the port itself first, then NULL. One that comes back
 * goes on where it was, on whichever of the two: begun anew it would seal other packets under numbers that went out
 * already, and open again what was heard (RFC 3711 9.1, 3.3.2). A holder of each. */
struct cover_keys {
	struct seal *seal[COVER_KEYS];
};

struct cover {
	/* As control wants it. */
	bool wants_stun, wants_dtls, mux, awaits_keys;
	struct seal *opens, *seals; /* of those below; NULL: what comes, or leaves, is in the clear */
	struct cover_keys to_open, to_seal;
	/* The worker's. */
	struct seal *former; /* opens, too, until then, and until the new one has opened something */
	uint64_t former_until_ms;
	uint8_t quick;               /* as in a port's line: what of sealed packets the source decides on */
	struct cover_mails mails[2]; /* of others, of the side as far as it is known */
	uint64_t unopened;           /* packets that no key opens; one writer, relaxed */
	struct cover *next;          /* of those that were given back */
};

/* Does the spec ask for one? */
bool cover_is_asked(const struct port_spec *spec);

/* For this spec, to take the place of `before`, while `beside` is the pair's other port's: both as ordered last, either
 * may be NULL. Keys that are remembered there are the same seals, so the two must be one worker's: RTCP comes to RTP's
 * port and goes back to its own (RFC 5761) with its numbers. NULL without memory. The caller's until it is ordered. */
struct cover *cover_new(const struct port_spec *spec, const struct cover *before, const struct cover *beside);
/* Control's side, as cover_new(). */
void cover_free(struct cover *c);

/* Is it what the spec asks for? */
bool cover_fits(const struct cover *c, const struct port_spec *spec);

/* The worker's side: it takes the place of that one. */
void cover_follow(struct cover *c, const struct cover *before, uint64_t now_ms);

/* The worker's side: may the port take one more datagram for control? Strangers do not use up what the side may send.
 */
bool cover_mail(struct cover *c, bool known, uint64_t now_ms);

/* What comes to the port is sealed, or will be; so is what leaves from it. */
static inline bool cover_opens(const struct cover *c)
{
	return c && (c->opens || c->awaits_keys);
}

static inline bool cover_seals(const struct cover *c)
{
	return c && (c->seals || c->awaits_keys);
}

/* The worker's side, as seal_open(), where the key is known. */
enum seal_result cover_open(struct cover *c, uint8_t *p, uint32_t *n, bool control, uint64_t now_ms);

/* Those that workers gave back. Any thread gives, control takes all. */
struct cover_pile {
	struct cover *top;
};

void cover_give(struct cover_pile *pile, struct cover *c);
void cover_pile_free(struct cover_pile *pile);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* shield.h: how one side's RTP is protected: the key that opens what it sends, and ours for what it gets. */
#ifndef NATSBC_RTPPROXY_SHIELD_H
#define NATSBC_RTPPROXY_SHIELD_H

#include "alg/ng/ng.h"
#include "alg/sdp/crypto.h"
#include "rtpproxy/path/datapath.h"

enum shield_kind {
	SHIELD_NONE, /* RTP in the clear */
	SHIELD_SDES, /* SRTP, keys in the descriptions (RFC 4568) */
	SHIELD_DTLS, /* SRTP, keys from a handshake (RFC 5764) */
};

/* "sdes" */
const char *shield_kind_name(enum shield_kind kind);

struct shield {
	uint8_t kind;           /* enum shield_kind: what the keys are of */
	uint8_t shown;          /* the same: of our last offer to the side */
	bool optional;          /* that offer leaves it to the side (RFC 8643) */
	bool has_secrets;       /* SDES: the side has been told them, or will be */
	struct srtp_key ours;   /* seals what leaves; SRTP_SUITE_NONE: not known yet */
	struct srtp_key theirs; /* opens what arrives; the same */
	/* SDES, ours: master key and salt of a suite are the first bytes of its own. No key is two suites': some would
	 * seal alike with it, each beginning at the first number (RFC 3711 9.1, RFC 4568 6.1). */
	uint8_t secret[SRTP_SUITE_N][SRTP_SECRET_MAX];
};

typedef uint64_t shield_random_fn(void *ctx);

/* Secrets that nobody has been told. */
void shield_secrets_make(struct shield *s, shield_random_fn *random, void *ctx);

/* Ours of that suite. */
struct srtp_key shield_key(const struct shield *s, unsigned suite);

/* The side was told this key of ours, in an answer: where it is another one than it had, so are those of all suites. */
void shield_told(struct shield *s, const struct srtp_key *ours, shield_random_fn *random, void *ctx);

/* The client lets us offer a suite at all. */
bool shield_may_offer(const struct ng_request *q);

/* One a=crypto line for each suite that the client lets us offer, with the secrets that the side keeps for the whole
 * call. */
void shield_offer_write(const struct shield *s, const struct ng_request *q, struct writer *w);

/* The side's key in an offer of its own is answered with the one that it has of us already, unless its key is
 * another one than before: its state begins anew, so must ours (RFC 3711 3.3.1: it does not know our rollovers). */
bool shield_secrets_hold(const struct shield *s, const struct srtp_key *theirs);

/* Keys are in force; the packet path is to be told, of this stream and of the one across. */
void shield_arm(struct shield *s, enum shield_kind kind, const struct srtp_key *ours, const struct srtp_key *theirs);

/* The side's media is in the clear now: no key may ever be used again. */
void shield_drop(struct shield *s);

/* How the packet path is to treat the port of a side whose description asks for this kind; s may be NULL. */
void shield_spec(const struct shield *s, enum shield_kind kind, struct port_spec *spec);

#endif

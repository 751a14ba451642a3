/* SPDX-License-Identifier: BSD-3-Clause */
/* ice.h: ICE with one side, for one m-line: we are lite (RFC 8445 2.5), so the side checks, and we follow where it
 * leads (CALLS.md 4.15). */
#ifndef NATSBC_RTPPROXY_ICE_H
#define NATSBC_RTPPROXY_ICE_H

#include "alg/base/addr.h"
#include "alg/base/siphash.h"
#include "rtpproxy/path/datapath.h"
#include "rtpproxy/session/mailroom.h"

struct relay;
struct session;
struct stream;
struct target;
struct terms;
struct ng_request;

enum {
	ICE_UFRAG = 8,
	ICE_PWD = 24,
	ICE_KNOWN = 4,
	ICE_SETTLE_MS = 2000,   /* so long the best of several nominations holds, then the last (RFC 5245 8.1.1.2) */
	ICE_ROUTINE_MS = 10000, /* who still checks so long after nominating keeps up his consent (RFC 7675) */
	ICE_CONSENT_MS = 30000, /* and has taken it back when he has not for so long (RFC 7675 5.1) */
};

/* What a side is shown of us; ufrag[0] 0: nothing yet. */
struct ice_us {
	char ufrag[ICE_UFRAG + 1], pwd[ICE_PWD + 1];
};

/* An address of the side that a check came from. */
struct ice_pair {
	struct addr at; /* ADDR_NONE: none yet */
	uint64_t peer;  /* whose: terms.h */
	uint64_t at_ms; /* when it was nominated last, or else seen first */
	uint64_t since; /* ms: when it was nominated first */
	uint32_t priority;
	bool nominated;
};

struct ice {
	struct ice_us us, former;     /* former: until a check comes for the new ones */
	struct ice_pair pair[2];      /* by component: RTP, RTCP */
	struct ice_pair early[2];     /* of somebody whose description has not come yet */
	struct addr known[ICE_KNOWN]; /* the last addresses that checks came from */
	uint8_t nknown;               /* next place there */
	bool routine;                 /* it keeps up its consent */
	uint64_t peer, all;           /* who it is that the pairs are of (terms.h); 0: nobody who checks */
	uint64_t heard;               /* ms: last good check */
};

/* What a reader is shown. */
enum ice_look {
	ICE_NONE,
	ICE_OURS,
	ICE_MISMATCH, /* answer: what was offered cannot be, since somebody has changed addresses on the way */
};

/* An offer, whose sender says this, as the client wants it to be passed on. */
enum ice_look ice_offer(const struct ng_request *q, const struct terms *said);
/* An answer to who has offered this. */
enum ice_look ice_answer(const struct ng_request *q, const struct terms *offered);

/* The description names no address because its sender has none yet, not to put anybody on hold. */
bool ice_has_no_place(const struct target *t);

/* Who has described himself so checks us, by credentials that he was told. */
bool ice_checks(const struct target *t);

/* What the side is to be shown in an offer: once made, the same for good. In an answer: the same unless the side has
 * begun anew: what it offers is not what is in force (RFC 8445 9). */
typedef uint64_t ice_random_fn(void *ctx);
const struct ice_us *ice_us_offered(struct ice *ice, ice_random_fn *random, void *ctx);
struct ice_us ice_us_answered(const struct ice *ice, const struct terms *in_force, const struct terms *offered,
			      ice_random_fn *random, void *ctx);

/* The answer holds: who it went to knows us by these. */
void ice_tell(struct ice *ice, const struct ice_us *us);
/* The side's description is in force; NULL terms: it says nothing. */
void ice_follow(struct ice *ice, const struct terms *said, uint64_t now);

/* The m-section's lines. rtcp.port 0: it has none of its own. */
void ice_write(struct writer *w, enum ice_look look, const struct ice_us *us, const struct addr *rtp,
	       const struct addr *rtcp);

/* How the packet path is to treat the port. */
void ice_spec(const struct stream *m, enum stream_kind kind, struct port_spec *spec);

/* The side checks us. */
bool ice_is_on(const struct stream *m);

/* A datagram from there may begin or go on with a handshake (CALLS.md M9): there is no ICE with the side, or a check
 * came from there. */
bool ice_lets(const struct stream *m, const struct addr *source);

/* How far the side is with the port: "waiting", "checked", "nominated"; "lite", "mismatch" where it does not check.
 * NULL: there is no ICE with it. */
const char *ice_state(const struct stream *m, enum stream_kind kind);

/* STUN has come. */
enum mail_news ice_read(struct relay *r, const struct mail *m);

/* The leg whose consent is gone; NULL where none's is. */
struct leg *ice_lost(const struct session *s, uint64_t now);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* association.h: keys for one port, from whichever handshake is with the right certificate: strangers may begin some,
 * too, and must not be in its way (CALLS.md 4.13 M9). */
#ifndef NATSBC_RTPPROXY_ASSOCIATION_H
#define NATSBC_RTPPROXY_ASSOCIATION_H

#include "alg/base/addr.h"
#include "rtpproxy/dtls/endpoint.h"

enum {
	ASSOCIATION_HALVES = 4,
	ASSOCIATION_PATIENCE_MS = 30000, /* a handshake that is not done by then never is */
	/* Once done an end is needed as long as its last flight may have been lost. After that a goodbye is not heard,
	 * and not missed: the call ends otherwise. */
	ASSOCIATION_KEEP_MS = 30000,
	ASSOCIATION_AGAIN_MS = 1000, /* between one attempt of ours that failed at once and the next */
	ASSOCIATION_STEP_MS = 50,
};

/* A handshake under way, or the one that gave the keys. */
struct association_half {
	struct endpoint *end; /* NULL: none */
	struct addr source;
	uint8_t rank;
	bool done;
	uint64_t since; /* ms */
};

/* All zero is one that nobody has begun. */
struct association {
	struct association_half half[ASSOCIATION_HALVES];
	struct srtp_key ours, theirs; /* of the last that was done; suite SRTP_SUITE_NONE: not yet */
	struct addr proved;           /* who has shown the right certificate */
	uint64_t called;              /* ms: we began last */
	const char *why;              /* the last that failed; NULL: none has */
};

struct association_counters {
	uint64_t begun, done, failed;
	uint64_t impostors; /* of those that failed: with another certificate */
	uint64_t deferred;  /* not begun yet: there were too many within a second */
};

/* Between whom it is, and how to send. */
struct association_way {
	const struct identity *who;
	const struct sdp_fingerprints *peer;
	void (*send)(void *ctx, const struct addr *to, const uint8_t *bytes, size_t n);
	void *ctx;
	struct association_counters *counters;
	uint32_t *left; /* how many may be begun */
	uint64_t now;   /* ms */
};

/* Who sent a datagram. */
struct association_guest {
	struct addr source;
	uint8_t rank;    /* how well it fits where he should be: a better one is not given up for a worse one */
	bool checked;    /* he is known to be there */
	bool may_begin;  /* it is for him to begin */
	bool away;       /* he may mean another association: what is under way waits */
	uint64_t cookie; /* that he must bring back where he is not */
};

/* We begin. */
void association_call(struct association *a, const struct association_way *way, const struct addr *to);

/* True: there are new keys. */
bool association_take(struct association *a, const struct association_way *way, const struct association_guest *guest,
		      const uint8_t *bytes, size_t n);

/* Every ASSOCIATION_STEP_MS while it is busy, and now and then while it is not idle. */
void association_tick(struct association *a, const struct association_way *way);

/* A handshake is under way. */
bool association_is_busy(const struct association *a);
/* Nothing is left but the keys. */
bool association_is_idle(const struct association *a);

/* Says goodbye, and forgets all but the keys. */
void association_end(struct association *a, const struct association_way *way);
/* What is under way is given up, without a word; the keys stay, and the end that gave them. */
void association_abandon(struct association *a);
/* The same, and that end. */
void association_forget(struct association *a);

#endif

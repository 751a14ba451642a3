/* SPDX-License-Identifier: BSD-3-Clause */
/* trunkplace.h: one address that a trunk is reached at, and whether it answers: OPTIONS pings, and what became of the
 * requests sent there (RFC 3261 11; CALLS.md K2). */
#ifndef NATSBC_SBC_TRUNKPLACE_H
#define NATSBC_SBC_TRUNKPLACE_H

#include "sbc/txn/txn.h"

enum trunk_state {
	TRUNK_UNPROBED, /* not asked yet, or not to be asked: taken for alive */
	TRUNK_UP,
	TRUNK_PROBING, /* on its way down or up: tried last */
	TRUNK_DOWN, /* probe-fails failures in a row, or one that leaves no doubt; probe-passes answers bring it back */
};

enum trunk_failure {
	TRUNK_TIMEOUT, /* no answer to a request in time */
	TRUNK_REFUSED, /* ICMP, reset, no connection, handshake failed */
	TRUNK_BUSY,    /* 503 */
};

enum {
	TRUNK_PATIENCE_MS = 2000,  /* with an answer to a ping */
	TRUNK_AGAIN_MS = 1000,     /* between pings while PROBING */
	TRUNK_REST_MS = 30 * 1000, /* without pings: DOWN ends by itself */
	TRUNK_RETRY_AFTER_MAX_S = 3600,
};

struct trunks;

struct trunk_place {
	struct timer next;        /* the next ping; the end of a rest, or of a place that is gone */
	struct timer patience;    /* with the ping that is out */
	struct trunk_place *more; /* of the same trunk */
	struct trunks *home;
	struct core *core;
	struct txns *txns;
	struct flow flow;
	const char *host; /* what a Request-URI shows: the domain, or address:port */
	char text[ADDR_TEXT_MAX];
	uint32_t id;
	uint16_t trunk;                    /* index */
	uint8_t peer;                      /* index in the trunk's peers */
	uint8_t state;                     /* enum trunk_state */
	uint16_t priority, weight, server; /* as in struct locate_target */
	uint8_t misses;                    /* since the last sign of life */
	uint8_t hits_wanted;               /* until it is up again; 0: it was not down */
	uint32_t found;                    /* the turn of locating that saw it last */
	bool gone;                         /* no longer where the name leads to */
	uint16_t status;                   /* of the last answer to a ping; 0: none yet */
	uint32_t rtt_ms;                   /* of the last answer */
	uint64_t asked, since;             /* ms: when the last ping went out; when the state began */
	uint64_t rests_until;              /* ms: it asked for that (Retry-After) */
	struct txn *ping;                  /* out and not answered yet */
};

/* Begins pinging within `spread` ms where its trunk is to be pinged. The rest of p is filled in by the caller. */
void trunkplace_start(struct trunk_place *p, uint64_t spread);
void trunkplace_stop(struct trunk_place *p);

bool trunkplace_usable(const struct trunk_place *p);

/* What became of a request that was no ping. */
void trunkplace_failed(struct trunk_place *p, enum trunk_failure why, uint32_t retry_after_s);
void trunkplace_worked(struct trunk_place *p);

const char *trunk_state_name(enum trunk_state s);

#endif

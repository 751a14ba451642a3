/* SPDX-License-Identifier: BSD-3-Clause */
/* trunks.h: which peers of the trunks answer: OPTIONS pings (RFC 3261 11; CALLS.md K2). */
#ifndef NATSBC_SBC_TRUNKS_H
#define NATSBC_SBC_TRUNKS_H

#include "sbc/txn.h"

enum trunk_state {
	TRUNK_UNPROBED, /* not asked yet, or not to be asked: taken for alive */
	TRUNK_UP,
	TRUNK_DOWN, /* TRUNK_MISSES pings in a row without any answer */
};

enum { TRUNK_MISSES = 2 };

struct trunk_peer {
	struct timer next; /* ping */
	struct trunks *home;
	uint16_t trunk;        /* index */
	uint8_t peer;          /* index */
	uint8_t state;         /* enum trunk_state */
	uint8_t misses;        /* since the last answer */
	uint16_t status;       /* of the last answer */
	uint32_t rtt_ms;       /* of the last answer */
	uint64_t asked, since; /* ms: when the last ping went out; when the state began */
	struct txn *ping;      /* out and not answered yet */
};

struct trunks {
	struct core *core;
	struct txns *txns;
	struct trunk_peer *peer; /* CONF_PEER_MAX for each trunk */
};

/* Starts pinging, spread over the interval. 0, or -1 without memory. */
int trunks_init(struct trunks *t, struct core *core, struct txns *txns);
void trunks_fini(struct trunks *t);

/* The peer to send to: the first in the configured order that is not down. -1: all are. */
int trunks_pick(const struct trunks *t, unsigned trunk);

static inline const struct trunk_peer *trunks_peer(const struct trunks *t, unsigned trunk, unsigned peer)
{
	return &t->peer[trunk * CONF_PEER_MAX + peer];
}

const char *trunk_state_name(enum trunk_state s);

#endif

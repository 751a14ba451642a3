/* SPDX-License-Identifier: BSD-3-Clause */
/* peers.h: who is told about sessions: few clients, each of many sessions, which share one note of its address. */
#ifndef NATSBC_RTPPROXY_PEERS_H
#define NATSBC_RTPPROXY_PEERS_H

#include "rtpproxy/base/server_peer.h"

struct peer {
	struct peer *next;
	uint32_t held; /* by so many sessions */
	struct server_peer at;
};

struct peers {
	struct peer *first; /* the one that was held last */
};

/* The peer at that address, in place of `before`, which is let go and may be NULL. NULL without memory. */
struct peer *peers_turn(struct peers *p, struct peer *before, const struct server_peer *at);

/* Nobody's session any more: forgotten. NULL is nobody. */
void peers_let_go(struct peers *p, struct peer *one);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* relay.h: the relay's control side at work: ng commands in, answers out, port specs to the packet path.
 * No sockets, no clock, no DPDK in here. */
#ifndef NATSBC_RTPPROXY_RELAY_H
#define NATSBC_RTPPROXY_RELAY_H

#include "rtpproxy/session/state.h"

enum { RELAY_ANSWER_MAX = 65507 }; /* a UDP datagram over IPv4 */

/* Borrows conf, which must outlive the relay; copies path. Allocates. 0, or -1 without memory. */
int relay_init(struct relay *r, const struct config *conf, const struct datapath *path, relay_random_fn *random,
	       void *random_ctx, const struct hash_key *key, uint64_t now);

/* Ends all sessions and frees everything. */
void relay_fini(struct relay *r);

/* Carries out one datagram. The answer is written to reply, which should hold RELAY_ANSWER_MAX bytes; nothing is
 * written where there is nothing to answer. */
void relay_handle(struct relay *r, struct span datagram, const struct server_peer *from, uint64_t now,
		  struct writer *reply);

/* What the packet path has noticed, as soon as it has. */
void relay_notices(struct relay *r, uint64_t now);

/* Once a second: silent and abandoned sessions, events of the packet path, what could not be told to it at once. */
void relay_tick(struct relay *r, uint64_t now);

static inline uint32_t relay_sessions(const struct relay *r)
{
	return r->sessions.count;
}

/* Pairs of ports in use over all realms: 0 when there is no session. */
uint32_t relay_ports_used(const struct relay *r);

#endif

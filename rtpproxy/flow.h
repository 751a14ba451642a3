/* SPDX-License-Identifier: BSD-3-Clause */
/* flow.h: our media ports: who may speak at each, and where what leaves from it goes. Indexed, never searched. */
#ifndef NATSBC_RTPPROXY_FLOW_H
#define NATSBC_RTPPROXY_FLOW_H

#include <stddef.h>

#include "alg/conf/config.h"
#include "alg/net/frame.h"
#include "rtpproxy/learn.h"
#include "rtpproxy/order.h"

enum flow_use { FLOW_UNUSED, FLOW_OFF, FLOW_ON };

enum flow_aim { AIM_NONE, AIM_NO_WAY, AIM_READY };

/* Told by a packet that takes the slow road. */
typedef void flow_notice_fn(void *ctx, const struct notice *n);

/* One port. A relayed packet touches the `in` line of the port it came to and the `out` line of the port it leaves
 * from. Only the worker writes; the counters and what stats shows are read from elsewhere by relaxed atomics. */
struct flow {
	struct {
		struct host source;   /* compared only when known */
		uint16_t source_port; /* network order */
		uint16_t seq;
		uint32_t ssrc; /* of the last accepted RTP packet */
		uint32_t peer; /* index of the port that it leaves from */
		uint8_t use;   /* enum flow_use */
		uint8_t kind;  /* enum stream_kind */
		uint8_t known; /* latched, nothing pending: the source alone decides */
		uint8_t state; /* enum port_state, for stats */
		uint64_t packets, bytes;
		uint64_t at_ms;
	} in __attribute__((aligned(64)));
	struct {
		struct host target;
		uint16_t target_port, own_port; /* network order */
		uint16_t sum;                   /* of addresses and ports that it brings in */
		uint8_t nic;
		uint8_t realm;
		uint8_t aim;    /* enum flow_aim */
		uint8_t family; /* of the realm */
		uint8_t mac[6]; /* of the next hop */
		uint64_t packets, bytes;
	} out __attribute__((aligned(64)));
};

_Static_assert(offsetof(struct flow, out) == 64 && sizeof(struct flow) == 128, "one line each");

/* The same port's rest: what packets of an unknown source, orders and statistics need. Apart, so that the lines above
 * of many sessions fit into the cache. */
struct flow_slow {
	struct learn learn;
	struct hop expected_hop, signalling_hop;
	struct addr target; /* as in out, with its family: to see a change */
	uint32_t session;
	uint32_t applied; /* orders of kind SET and CLEAR applied so far */
	uint64_t refused, malformed, unsent;
	struct host refused_ip;
	uint16_t refused_port; /* network order */
};

struct flow_realm {
	struct host address;
	uint32_t first; /* index of its first port; 0: this realm has no media */
	uint16_t port_first, port_last;
	uint8_t family, dscp;
};

struct flow_table {
	struct flow *flow; /* [0] is nobody: use FLOW_UNUSED, aim AIM_NONE */
	struct flow_slow *slow;
	uint32_t count;
	uint32_t nrealm;
	struct flow_realm realm[CONF_REALM_MAX];
};

/* 0, or -1 without memory. */
int flow_table_init(struct flow_table *t, const struct config *c);
void flow_table_fini(struct flow_table *t);

/* 0 where there is no such port. */
uint32_t flow_index(const struct flow_table *t, struct own_port own);
struct own_port flow_own(const struct flow_table *t, uint32_t index);

/* The port that a datagram is addressed to; 0 where it is none of ours. port in network order. */
static inline uint32_t flow_of(const struct flow_table *t, const struct host *to, uint8_t family, uint16_t port_be)
{
	const uint16_t port = __builtin_bswap16(port_be);

	for (uint32_t i = 0; i < t->nrealm; i++) {
		const struct flow_realm *r = &t->realm[i];

		if (host_eq(&r->address, to) && r->family == family && port >= r->port_first && port <= r->port_last)
			return r->first ? r->first + (uint32_t)(port - r->port_first) : 0;
	}
	return 0;
}

/* The worker's side: applies an order. */
void flow_order(struct flow_table *t, const struct order *o, uint64_t now, flow_notice_fn *tell, void *ctx);

/* A packet whose source is not plainly the known one: learns, or refuses. */
enum learn_verdict flow_learn(struct flow_table *t, uint32_t index, const struct learn_packet *p, uint64_t now,
			      flow_notice_fn *tell, void *ctx);

/* From any thread. applied: what `applied` was when the port was last set; before the worker has caught up nothing is
 * known and all is zero. */
void flow_stats(const struct flow_table *t, uint32_t index, uint32_t applied, struct port_stats *out);

/* One writer, relaxed: a plain addition. */
static inline void flow_count(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

#endif

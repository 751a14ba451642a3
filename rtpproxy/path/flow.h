/* SPDX-License-Identifier: BSD-3-Clause */
/* flow.h: our media ports: who may speak at each, and where what leaves from it goes. Indexed, never searched. */
#ifndef NATSBC_RTPPROXY_FLOW_H
#define NATSBC_RTPPROXY_FLOW_H

#include "alg/conf/config.h"
#include "rtpproxy/bpf/flow_lines.h"
#include "rtpproxy/path/barred.h"
#include "rtpproxy/path/copy.h"
#include "rtpproxy/path/cover.h"
#include "rtpproxy/path/dial.h"
#include "rtpproxy/path/digit.h"
#include "rtpproxy/path/hearsay.h"
#include "rtpproxy/path/learn.h"
#include "rtpproxy/path/order.h"

enum flow_aim { AIM_NONE, AIM_NO_WAY, AIM_READY };

/* Told by a packet that takes the slow road. */
typedef void flow_notice_fn(void *ctx, const struct notice *n);

/* The same port's rest: what packets of an unknown source, orders and statistics need. Apart, so that the lines above
 * of many sessions fit into the cache. */
struct flow_slow {
	struct learn learn;
	struct hearsay hearsay;
	struct hop expected_hop, signalling_hop;
	struct addr target; /* as in out, with its family: to see a change */
	uint32_t session;
	uint32_t peer;    /* as control has it: in.peer may be further on, see hairpin.h */
	uint32_t hairpin; /* the port of ours that this one expects media from; 0: none */
	/* Where that one faces us: the ports that what it brings came to, and that what it takes leaves from. 0: none.
	 */
	uint32_t heard_at, sent_from;
	uint32_t applied; /* orders of kind SET and CLEAR applied so far */
	uint8_t aim;      /* enum flow_aim */
	uint8_t capture;  /* sinks_of() */
	uint8_t realm;
	bool no_feedback;
	struct gate gate;
	struct digit digit; /* heard where gate.tell is set */
	uint64_t refused, malformed, unsent;
	uint32_t nrefused; /* sources put into the ring so far */
	struct {
		struct host ip;
		uint16_t port; /* network order; 0: none, or being written */
	} refused_from[PORT_REFUSED_MAX];
	struct dial dial;       /* looked at where FLOW_EDITED is set */
	struct payload_map map; /* of what arrives; looked at where FLOW_EDITED is set */
	struct cover *cover;    /* NULL: the side is plain RTP */
	struct copy *copies;    /* from this port and to it; looked at where FLOW_EDITED is set. NULL: none */
};

struct flow_realm {
	struct host address;
	uint32_t first; /* index of its first port */
	uint16_t port_first;
	uint16_t ports; /* how many; 0: this realm has no media */
	uint8_t family;
};

enum { FLOW_SLOT_BITS = 6 };

struct flow_table {
	struct flow *flow; /* [0] is nobody: use FLOW_UNUSED, no target */
	struct flow_slow *slow;
	uint32_t count;
	uint32_t nrealm;
	struct flow_realm realm[CONF_REALM_MAX];
	uint8_t slot[1 << FLOW_SLOT_BITS]; /* by flow_slot(): the realm that it is most likely */
	const struct barred *barred;       /* NULL: nobody is banned */
	uint32_t workers;                  /* at work on it, each on its own ports: datapath_worker() */
	struct cover_pile covers;          /* that no port has any more */
	struct copy_pile copies;           /* the same */
	bool shared;                       /* with the kernel's programs: shortcut.h */
};

/* 0, or -1 without memory. */
int flow_table_init(struct flow_table *t, const struct config *c);
void flow_table_fini(struct flow_table *t);

/* Before anything is known in it: the lines are these from now on, which the kernel's programs work on, too. They are
 * the table's. */
void flow_table_share(struct flow_table *t, struct flow *lines);

/* Where lines are shared, a worker holds them while it writes. The kernel's programs never wait for it: what they find
 * held is the worker's to do; nor does it wait for long. */
static inline void flow_in_hold(struct flow *f)
{
	while (__atomic_exchange_n(&f->in.held, 1, __ATOMIC_ACQUIRE))
		;
}

static inline void flow_in_let(struct flow *f)
{
	__atomic_store_n(&f->in.held, 0, __ATOMIC_RELEASE);
}

static inline void flow_out_hold(struct flow *f)
{
	while (__atomic_exchange_n(&f->out.to.tag[FLOW_TAG_HELD], 1, __ATOMIC_ACQUIRE))
		;
}

static inline void flow_out_let(struct flow *f)
{
	__atomic_store_n(&f->out.to.tag[FLOW_TAG_HELD], 0, __ATOMIC_RELEASE);
}

/* When its source was heard last; the kernel's programs may have heard it after the worker looked at the clock. */
static inline uint64_t flow_heard_ms(const struct flow *f, uint64_t now)
{
	const uint64_t at = __atomic_load_n(&f->in.at_ms, __ATOMIC_RELAXED);

	return at < now ? at : now;
}

/* Has the line fetched that is asked whether the port is forwarded elsewhere, and that flow_doubt() writes: ports are
 * random, so it is in no cache. */
static inline void flow_prefetch(const struct flow_table *t, uint32_t index)
{
	__builtin_prefetch(&t->flow[index].in.quick, 1);
}

/* What is known of the port may no longer be so. The kernel's programs leave it to its worker, which applies orders
 * before it looks at packets, and then publishes it anew. */
static inline void flow_doubt(const struct flow_table *t, uint32_t index)
{
	struct flow *f = &t->flow[index];

	if (!t->shared)
		return;
	flow_in_hold(f);
	relaxed_store(&f->in.quick, f->in.quick & FLOW_EDITED);
	flow_in_let(f);
}

/* A worker's sign of life, without which the kernel's programs forward nothing. Nobody's line has it. */
static inline void flow_beat(const struct flow_table *t, uint64_t now_ms)
{
	if (t->shared)
		relaxed_store(&t->flow->in.at_ms, now_ms);
}

/* 0 where there is no such port. */
uint32_t flow_index(const struct flow_table *t, struct own_port own);
struct own_port flow_own(const struct flow_table *t, uint32_t index);

/* Who has the port. */
static inline unsigned flow_worker(const struct flow_table *t, uint32_t index)
{
	return t->workers == 1 ? 0 : datapath_worker(flow_own(t, index).port, t->workers);
}

static inline uint32_t flow_slot(struct host address)
{
	return (uint32_t)((address.word[0] ^ address.word[1]) * UINT64_C(0x9e3779b97f4a7c15) >> (64 - FLOW_SLOT_BITS));
}

static inline bool flow_realm_has(const struct flow_realm *r, struct host to, uint8_t family, uint16_t port)
{
	return host_eq(&r->address, &to) && r->family == family && (uint16_t)(port - r->port_first) < r->ports;
}

/* The same for realms that share a slot or an address. */
uint32_t flow_search(const struct flow_table *t, struct host to, uint8_t family, uint16_t port);

/* The port that a datagram is addressed to; 0 where it is none of ours. port in network order. */
static inline uint32_t flow_of(const struct flow_table *t, struct host to, uint8_t family, uint16_t port_be)
{
	const uint16_t port = __builtin_bswap16(port_be);
	const struct flow_realm *r = &t->realm[t->slot[flow_slot(to)]];

	if (__builtin_expect(!flow_realm_has(r, to, family, port), 0))
		return flow_search(t, to, family, port);
	return r->first + (uint32_t)(port - r->port_first);
}

/* A copy of where what leaves from there goes, for a frame of our own. Family ADDR_NONE: nowhere. */
static inline struct frame_target flow_target(const struct flow *f)
{
	struct frame_target to = f->out.to;

	to.family &= (uint8_t)~FLOW_SEALED;
	return to;
}

/* The worker's side: applies an order. */
void flow_order(struct flow_table *t, const struct order *o, uint64_t now, flow_notice_fn *tell, void *ctx);

/* What is seldom looked at has changed: what is looked at for each packet follows. */
void flow_publish(struct flow_table *t, uint32_t index);

/* A packet whose source is not plainly the known one: learns, or refuses. */
enum learn_verdict flow_learn(struct flow_table *t, uint32_t index, const struct learn_packet *p, uint64_t now,
			      flow_notice_fn *tell, void *ctx);

/* Would flow_learn() accept it? Nothing is learnt, and nobody told. */
bool flow_would_learn(const struct flow_table *t, uint32_t index, const struct learn_packet *p, uint64_t now);

/* The port that RTCP leaves from which came to the port `in`, whose media leaves from `out`: where both come to one
 * port (RFC 5761) the other side may still have two. */
uint32_t flow_control_exit(const struct flow_table *t, uint32_t in, uint32_t out);

/* May a datagram from there that is for control be looked at: is it from somebody who could be true? */
bool flow_may_write(const struct flow_table *t, uint32_t index, const struct addr *source);

/* From any thread. applied: what `applied` was when the port was last set; before the worker has caught up nothing is
 * known and all is zero. */
void flow_stats(const struct flow_table *t, uint32_t index, uint32_t applied, struct port_stats *out);

/* Of that the quality alone; false before the worker has caught up. */
bool flow_quality(const struct flow_table *t, uint32_t index, uint32_t applied, struct rtp_quality *out);

#endif

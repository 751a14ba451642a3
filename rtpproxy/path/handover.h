/* SPDX-License-Identifier: BSD-3-Clause */
/* handover.h: packets that one worker gives to another: to look at them, since it has their port, or to send them,
 * since it has a queue of the interface. */
#ifndef NATSBC_RTPPROXY_HANDOVER_H
#define NATSBC_RTPPROXY_HANDOVER_H

/* As in worker.h: the thread sanitizer understands it. */
#define RTE_USE_C11_MEM_MODEL
#include <rte_mbuf.h>
#include <rte_ring.h>
#include <stdbool.h>

#include "rtpproxy/path/bell.h"

enum { HANDOVER_WAITING = 1024 }; /* packets of a ring, at most one less */

/* From one worker to one other. */
struct handover {
	struct rte_ring *look, *leave;
	struct bell *bell; /* of who takes */
};

/* How a packet of `leave` is to leave. */
struct handover_way {
	uint8_t nic;
	uint8_t as; /* enum verdict */
};

/* 0, or -1 without memory. The numbers make its name. */
int handover_open(struct handover *h, unsigned from, unsigned to, struct bell *bell);
/* Nothing may be in it. */
void handover_close(struct handover *h);

/* The giver's side: how many of them the other one takes; the rest remains the caller's. */
unsigned handover_look(struct handover *h, struct rte_mbuf **m, unsigned n);
unsigned handover_leave(struct handover *h, struct rte_mbuf **m, unsigned n, struct handover_way way);

/* The taker's side: up to max. */
unsigned handover_take_look(struct handover *h, struct rte_mbuf **m, unsigned max);
unsigned handover_take_leave(struct handover *h, struct rte_mbuf **m, unsigned max);
bool handover_is_empty(const struct handover *h);

/* As rte_ring_empty(), which reads as if nobody else wrote. */
static inline bool handover_ring_is_empty(const struct rte_ring *r)
{
	return __atomic_load_n(&r->prod.tail, __ATOMIC_RELAXED) == __atomic_load_n(&r->cons.tail, __ATOMIC_RELAXED);
}

static inline struct handover_way handover_way(const struct rte_mbuf *m)
{
	return (struct handover_way){ .nic = (uint8_t)m->hash.usr, .as = (uint8_t)(m->hash.usr >> 8) };
}

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/orderring.h"

/* The ring's own order by atomics instead of barriers: the same code, and the thread sanitizer understands it. */
#define RTE_USE_C11_MEM_MODEL
#include <rte_ring.h>
#include <rte_ring_elem.h>
#include <stdio.h>

#define UNITS(bytes)  (uint8_t)(((bytes) + ORDER_UNIT - 1) / ORDER_UNIT)
#define UP_TO(member) UNITS(offsetof(struct order, member) + sizeof(((struct order *)0)->member))

/* The keys come last: who has the cover does not look at them, and they stay off the ring. */
static const uint8_t units[] = {
	[ORDER_SET] = UNITS(offsetof(struct order, set.spec.opens)),
	[ORDER_CLEAR] = UP_TO(index),
	[ORDER_HOP] = UP_TO(hop),
	[ORDER_REPLY] = UP_TO(reply),
	[ORDER_SEND] = UP_TO(send),
	[ORDER_DIAL] = UP_TO(dial),
	[ORDER_COPY] = UP_TO(copy),
	[ORDER_UNCOPY] = UP_TO(uncopy),
	[ORDER_TICK] = UP_TO(index),
};

unsigned orderring_units(uint32_t kind)
{
	return units[kind];
}

struct rte_ring *orderring_open(unsigned number)
{
	char name[RTE_RING_NAMESIZE];
	struct rte_ring *ring;

	snprintf(name, sizeof(name), "orders%u", number);
	ring = rte_ring_create_elem(name, ORDER_UNIT, ORDERRING_UNITS, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
	/* Its pages now, not order by order. The elements are behind the head (rte_ring_elem.h). */
	if (ring)
		explicit_bzero(&ring[1], (size_t)ORDERRING_UNITS * ORDER_UNIT);
	return ring;
}

void orderring_close(struct rte_ring *ring)
{
	rte_ring_free(ring);
}

int orderring_post(struct rte_ring *ring, const struct order *o)
{
	return rte_ring_sp_enqueue_bulk_elem(ring, o, ORDER_UNIT, units[o->kind], NULL) ? 0 : -1;
}

/* All of an order is there when its first unit is: they are written at once. */
bool orderring_take(struct rte_ring *ring, struct order *out)
{
	char *const bytes = (char *)out;
	unsigned more;

	if (rte_ring_sc_dequeue_elem(ring, bytes, ORDER_UNIT) < 0)
		return false;
	more = units[out->kind] - 1U;
	if (more)
		(void)rte_ring_sc_dequeue_bulk_elem(ring, bytes + ORDER_UNIT, ORDER_UNIT, more, NULL);
	return true;
}

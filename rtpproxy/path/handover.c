/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/handover.h"

#include <stdio.h>

static struct rte_ring *ring_open(const char *what, unsigned from, unsigned to)
{
	char name[RTE_RING_NAMESIZE];

	snprintf(name, sizeof(name), "%s%u_%u", what, from, to);
	return rte_ring_create(name, HANDOVER_WAITING, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
}

int handover_open(struct handover *h, unsigned from, unsigned to, struct bell *bell)
{
	*h = (struct handover){ ring_open("look", from, to), ring_open("leave", from, to), bell };
	if (h->look && h->leave)
		return 0;
	handover_close(h);
	return -1;
}

void handover_close(struct handover *h)
{
	rte_ring_free(h->look);
	rte_ring_free(h->leave);
	*h = (struct handover){ 0 };
}

static unsigned give(struct rte_ring *ring, struct bell *bell, struct rte_mbuf **m, unsigned n)
{
	const unsigned given = rte_ring_sp_enqueue_burst(ring, (void **)m, n, NULL);

	bell_ring(bell);
	return given;
}

unsigned handover_look(struct handover *h, struct rte_mbuf **m, unsigned n)
{
	return give(h->look, h->bell, m, n);
}

unsigned handover_leave(struct handover *h, struct rte_mbuf **m, unsigned n, struct handover_way way)
{
	for (unsigned i = 0; i < n; i++)
		m[i]->hash.usr = way.nic | (uint32_t)way.as << 8;
	return give(h->leave, h->bell, m, n);
}

unsigned handover_take_look(struct handover *h, struct rte_mbuf **m, unsigned max)
{
	return rte_ring_sc_dequeue_burst(h->look, (void **)m, max, NULL);
}

unsigned handover_take_leave(struct handover *h, struct rte_mbuf **m, unsigned max)
{
	return rte_ring_sc_dequeue_burst(h->leave, (void **)m, max, NULL);
}

bool handover_is_empty(const struct handover *h)
{
	return handover_ring_is_empty(h->look) && handover_ring_is_empty(h->leave);
}

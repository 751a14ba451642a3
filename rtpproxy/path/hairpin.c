/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/hairpin.h"

/* The port of ours that this one expects media from, where one worker has both: the other's are not to be touched. */
static uint32_t hairpin_of(const struct flow_table *t, uint32_t index)
{
	const uint32_t other = t->slow[index].hairpin;

	return other && flow_worker(t, other) == flow_worker(t, index) ? other : 0;
}

/* The port of ours that faces this one, each being where the other is expected to send to; 0: none. */
static uint32_t facing(const struct flow_table *t, uint32_t index)
{
	const uint32_t other = hairpin_of(t, index);

	if (other == 0 || other == index || t->slow[other].hairpin != index ||
	    t->flow[index].in.kind != t->flow[other].in.kind)
		return 0;
	/* Payload numbers are changed where packets arrive: what must be changed in between has to come by. */
	if (payload_map_is_set(&t->slow[index].map) || payload_map_is_set(&t->slow[other].map))
		return 0;
	/* So has what is sealed, or goes over from one port to two. */
	if (t->slow[index].cover || t->slow[other].cover)
		return 0;
	/* And what is copied, where it arrives. */
	if (t->slow[index].copies || t->slow[other].copies)
		return 0;
	return t->flow[index].in.use == FLOW_ON && t->flow[other].in.use == FLOW_ON ? other : 0;
}

/* The port at the end of the way that begins at this peer. */
static uint32_t end_of(const struct flow_table *t, uint32_t peer)
{
	for (unsigned i = 0; i < HAIRPIN_MAX && peer; i++) {
		const uint32_t other = facing(t, peer);

		if (other == 0)
			return t->slow[peer].hairpin == peer ? 0 : peer;
		peer = t->slow[other].peer;
	}
	return 0;
}

static void port_turn(struct flow_table *t, uint32_t index)
{
	struct flow *f = &t->flow[index];
	struct flow_slow *s = &t->slow[index];
	const uint32_t other = facing(t, index);

	if (index == 0)
		return;
	relaxed_store(&f->in.peer, end_of(t, s->peer));
	/* An echo is at the end of its way: what goes back has its hops counted, see burst.c. */
	if (f->in.peer == index)
		relaxed_store(&f->in.quick, f->in.quick | FLOW_EDITED);
	__atomic_store_n(&s->heard_at, other ? end_of(t, t->slow[other].peer) : 0, __ATOMIC_RELAXED);
	__atomic_store_n(&s->sent_from, other ? end_of(t, s->peer) : 0, __ATOMIC_RELAXED);
}

/* All ports on the way from here, seen from both of their sides. */
static void way_turn(struct flow_table *t, uint32_t index)
{
	for (unsigned i = 0; i <= HAIRPIN_MAX && index; i++) {
		const uint32_t peer = t->slow[index].peer;

		port_turn(t, index);
		port_turn(t, peer);
		index = hairpin_of(t, peer);
	}
}

void hairpin_turn(struct flow_table *t, const uint32_t *ports, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		way_turn(t, ports[i]);
		way_turn(t, hairpin_of(t, ports[i]));
	}
}

bool hairpin_circles(const struct flow_table *t, uint32_t index)
{
	return t->slow[t->flow[index].in.peer].hairpin != 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/copies.h"

#include "rtpproxy/path/hairpin.h"

bool copies_from(const struct flow_slow *s, uint32_t index)
{
	return copy_count(s->copies, index, COPY_FROM) != 0;
}

static struct copy **list_of(const struct flow_table *t, const struct copy *c, enum copy_end end)
{
	return &t->slow[c->port[end]].copies;
}

/* The port has copies, or none any more: it is not to be passed over, and its packets are looked at. */
static void port_turn(struct flow_table *t, uint32_t index)
{
	const struct flow_slow *s = &t->slow[index];
	const uint32_t around[] = { index, s->peer, s->hairpin };

	hairpin_turn(t, around, 3);
	flow_publish(t, index);
}

static void pair_turn(struct flow_table *t, const uint32_t port[COPY_ENDS])
{
	port_turn(t, port[COPY_FROM]);
	port_turn(t, port[COPY_TO]);
}

static void pair_begin(struct flow_table *t, struct copy *c)
{
	struct copy **from = list_of(t, c, COPY_FROM), **to = list_of(t, c, COPY_TO);
	struct copy *before = copy_find(*from, c->port[COPY_FROM], c->port[COPY_FROM], c->port[COPY_TO]);

	if (before) {
		before->map = c->map;
		copy_give(&t->copies, c);
		return;
	}
	copy_hang(c, from, to);
	pair_turn(t, c->port);
}

static void pair_end(struct flow_table *t, struct copy *c)
{
	const uint32_t port[COPY_ENDS] = { c->port[COPY_FROM], c->port[COPY_TO] };

	copy_take(c, list_of(t, c, COPY_FROM), list_of(t, c, COPY_TO));
	copy_give(&t->copies, c);
	pair_turn(t, port);
}

void copies_order(struct flow_table *t, const struct order *o)
{
	struct copy *c;

	if (o->kind == ORDER_COPY) {
		pair_begin(t, o->copy);
		return;
	}
	c = copy_find(t->slow[o->index].copies, o->index, o->index, o->uncopy);
	if (c)
		pair_end(t, c);
}

void copies_end(struct flow_table *t, uint32_t index)
{
	while (t->slow[index].copies)
		pair_end(t, t->slow[index].copies);
}

void copies_fini(struct flow_table *t)
{
	for (uint32_t i = 0; i < t->count; i++) {
		struct copy *c;

		while ((c = t->slow[i].copies) != NULL) {
			copy_take(c, list_of(t, c, COPY_FROM), list_of(t, c, COPY_TO));
			copy_free(c);
		}
	}
	copy_pile_free(&t->copies);
}

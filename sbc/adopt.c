/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/adopt.h"

static void swap_bufs(struct buf **a, struct buf **b)
{
	struct buf *kept = *a;

	*a = *b;
	*b = kept;
}

/* The relay knows its sessions by the names of calls. */
static void swap_names(struct engine *e, struct call *a, struct call *b)
{
	char kept[sizeof(a->id)];
	bool media = a->media;

	table_del(&e->calls_by_id, span_str(a->id));
	table_del(&e->calls_by_id, span_str(b->id));
	memcpy(kept, a->id, sizeof(kept));
	memcpy(a->id, b->id, sizeof(kept));
	memcpy(b->id, kept, sizeof(kept));
	a->media = b->media;
	b->media = media;
	swap_bufs(&a->from, &b->from);
	swap_bufs(&a->to, &b->to);
	/* Both were in the table just now: there is room. */
	table_add(&e->calls_by_id, span_str(a->id), a);
	table_add(&e->calls_by_id, span_str(b->id), b);
}

static void take_legs(struct call *c, struct leg *rest, struct call *from)
{
	struct leg *stays = from->leg[SIDE_A], *l, *next;

	for (l = from->legs; l; l = next) {
		next = l->next;
		if (l == stays)
			continue;
		l->call = c;
		l->side = (uint8_t)side_other((enum side)rest->side);
		l->peer = rest;
		l->next = c->legs;
		c->legs = l;
	}
	stays->next = NULL;
	from->legs = stays;
}

static void take_passes(struct call *c, struct leg *rest, struct call *from)
{
	while (from->passes) {
		struct pass *p = from->passes;

		from->passes = p->next;
		p->call = c;
		p->from = rest;
		p->next = c->passes;
		if (p->next)
			p->next->link = &p->next;
		p->link = &c->passes;
		c->passes = p;
	}
	from->invite = from->offer = NULL;
}

void adopt(struct engine *e, struct call *c, struct leg *rest, struct call *from)
{
	struct leg *far = from->leg[SIDE_B], *stays = from->leg[SIDE_A];

	swap_names(e, c, from);
	take_legs(c, rest, from);
	take_passes(c, rest, from);
	memcpy(rest->media, stays->media, sizeof(rest->media));
	rest->peer = far;
	c->leg[far->side] = far;
	from->leg[SIDE_B] = stays;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/transfer/adopt.h"

#include "sbc/call/pass.h"
#include "sbc/media/anchor.h"
#include "sbc/pinhole/callholes.h"
#include "sbc/store/callkeep.h"

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
	callholes_swap(a, b);
	swap_bufs(&a->from, &b->from);
	swap_bufs(&a->to, &b->to);
	/* Both were in the table just now: there is room. */
	table_add(&e->calls_by_id, span_str(a->id), a);
	table_add(&e->calls_by_id, span_str(b->id), b);
}

static void take_legs(struct engine *e, struct leg *rest, struct call *from, enum side side)
{
	struct leg *l, **at = &from->legs;
	bool admitted;

	while ((l = *at)) {
		if (l->side != side) {
			at = &l->next;
			continue;
		}
		admitted = l->admitted;
		admission_leave(e, l);
		*at = l->next;
		l->call = rest->call;
		l->side = (uint8_t)side_other((enum side)rest->side);
		l->peer = rest;
		l->next = rest->call->legs;
		rest->call->legs = l;
		if (admitted)
			admission_stay(e, l);
	}
}

/* Those to legs that were taken; the others have lost one of their ends. */
static void take_passes(struct engine *e, struct leg *rest, struct call *from)
{
	struct call *c = rest->call;
	struct pass *p, *next;

	for (p = from->passes; p; p = next) {
		next = p->next;
		if (!p->branches || p->branches->to->call != c) {
			pass_free(e, p);
			continue;
		}
		txn_detach(p->in);
		p->in = NULL;
		p->call = c;
		p->from = rest;
		*p->link = next;
		if (next)
			next->link = p->link;
		p->next = c->passes;
		if (p->next)
			p->next->link = &p->next;
		p->link = &c->passes;
		c->passes = p;
	}
	from->invite = from->offer = NULL;
}

/* What the relay calls it, and what the peer said in it. */
static void take_session(struct leg *l, struct leg *stands_for)
{
	if (l == stands_for)
		return;
	memcpy(l->media, stands_for->media, sizeof(l->media));
	anchor_take(l, stands_for);
	l->said = stands_for->said;
	l->offered = stands_for->offered;
}

void adopt_stand_in(struct engine *e, struct leg *l, const struct leg *real)
{
	l->flow = real->flow;
	l->trunk = real->trunk;
	anchor_expect(e, l, real);
}

void adopt(struct engine *e, struct leg *rest, struct leg *far, struct call *session)
{
	struct call *c = rest->call, *from = far->call;
	enum side side = (enum side)far->side, place = from == session ? side : SIDE_B;

	take_session(rest, session->leg[side_other(place)]);
	take_session(far, session->leg[place]);
	swap_names(e, c, session);
	from->leg[side] = from->leg[side_other(side)];
	take_legs(e, rest, from, side);
	take_passes(e, rest, from);
	rest->peer = far;
	c->leg[far->side] = far;
	callkeep_changed(e, c);
}

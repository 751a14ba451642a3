/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/media/renew.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "sbc/call/own.h"
#include "sbc/call/refresh.h"
#include "sbc/media/anchor.h"
#include "sbc/media/media.h"
#include "sbc/media/revive.h"
#include "sbc/offer/reoffer.h"

struct renew {
	struct renew *next; /* of those that wait for their turn */
	struct call *call;
	struct timer again;
	struct buf *offer;  /* what a side is told */
	struct leg *asking; /* it; NULL: none yet */
	uint8_t sides;      /* to be told, as a set of 1 << enum side */
	uint8_t tries;
	bool queued;
	bool stale; /* the relay that was asked is no more */
};

uint8_t renew_sides(const struct call *c, const struct ng_answer *a)
{
	struct ng_value list, tag;
	struct span none;
	uint32_t at = 0;
	uint8_t sides = 0;

	if (ng_find(a->body, SPAN("anew"), &list) || list.kind != NG_LIST_KIND)
		return 0;
	while (ng_next(list.text, &at, &none, &tag) == 1) {
		const bool is_a = c->leg[SIDE_A] && span_eq(tag.text, span_str(c->leg[SIDE_A]->media));

		sides |= (uint8_t)(1U << (is_a ? SIDE_A : SIDE_B));
	}
	return sides;
}

bool renew_is_out(const struct call *c)
{
	return c->renew && c->renew->asking;
}

/* ----- their turn ----- */

static void begin(struct engine *e, struct renew *r);

static void on_pace(struct timer *timer, void *ctx, uint64_t now);

static void turn(struct engine *e)
{
	struct renewals *all = &e->renewals;

	while (all->first && all->begun < RENEW_BATCH) {
		struct renew *r = all->first;

		all->first = r->next;
		all->begun++;
		r->queued = false;
		begin(e, r);
	}
	if (all->begun && !timer_runs(&all->pace))
		wheel_add(&e->core.wheel, &all->pace, core_now(&e->core) + RENEW_BATCH_MS, on_pace);
}

static void on_pace(struct timer *timer, void *ctx, uint64_t now)
{
	struct engine *e = ctx;

	(void)timer, (void)now;
	e->renewals.begun = 0;
	turn(e);
}

static void queue(struct engine *e, struct renew *r)
{
	struct renewals *all = &e->renewals;

	r->next = NULL;
	r->queued = true;
	if (all->first)
		all->last->next = r;
	else
		all->first = r;
	all->last = r;
	turn(e);
}

static void leave(struct renewals *all, struct renew *r)
{
	struct renew *before = NULL;

	for (struct renew *q = all->first; q && q != r; q = q->next)
		before = q;
	if (before)
		before->next = r->next;
	else
		all->first = r->next;
	if (all->last == r)
		all->last = before;
	r->queued = false;
}

void renew_over(struct engine *e, struct call *c)
{
	struct renew *r = c->renew;

	if (!r)
		return;
	c->renew = NULL;
	if (r->queued)
		leave(&e->renewals, r);
	wheel_del(&e->core.wheel, &r->again);
	buf_drop(&e->core.bufs, r->offer);
	e->renewals.ncall--;
	free(r);
}

void renew_stop(struct engine *e, struct call *c)
{
	struct renew *r = c->renew;

	if (!r)
		return;
	if (!r->asking) {
		renew_over(e, c);
		return;
	}
	/* What is out comes to its end first. */
	anchor_forget_offer(e, r->asking->peer);
	r->stale = true;
	r->sides = 0;
}

/* What was out has come to its end, and another relay has to hear of it. True: r is dealt with. */
static bool is_stale(struct engine *e, struct renew *r)
{
	if (!r->stale)
		return false;
	r->stale = false;
	r->asking = NULL;
	r->tries = 0;
	if (r->sides)
		queue(e, r);
	else
		renew_over(e, r->call);
	return true;
}

/* ----- one side after the other ----- */

/* The call is over with it. */
static void fail(struct engine *e, struct renew *r, const char *why, struct span detail)
{
	const char *who = !r->asking ? "" : r->asking->side == SIDE_A ? "the caller " : "the callee ";
	char text[LOSTCALL_WHY_MAX];

	snprintf(text, sizeof(text), "%s%s%.*s", who, why, SPAN_ARG(detail));
	revive_fail(e, r->call, span_str(text));
}

static void on_again(struct timer *timer, void *ctx, uint64_t now)
{
	(void)now;
	begin(ctx, (struct renew *)(void *)((char *)timer - offsetof(struct renew, again)));
}

static void try_later(struct engine *e, struct renew *r)
{
	r->asking = NULL;
	if (r->tries++ < RENEW_TRIES)
		wheel_add(&e->core.wheel, &r->again, core_now(&e->core) + RENEW_BUSY_MS, on_again);
	else
		fail(e, r, "there never was room for an offer of new keys", SPAN(""));
}

/* The relay is gone again: when it is back all of this begins anew. */
static bool is_unheard(struct engine *e, struct renew *r, const struct ng_answer *a)
{
	if (a)
		return false;
	anchor_forget_offer(e, r->asking->peer);
	try_later(e, r);
	return true;
}

static void on_answer(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;
	struct renew *r = w->user;

	if (is_stale(e, r) || is_unheard(e, r, a))
		return;
	if (!a->sdp.n) {
		fail(e, r, "answered what cannot be used: ", a->error_reason);
		return;
	}
	r->sides = (uint8_t)(r->sides & ~(1U << r->asking->side) & renew_sides(r->call, a));
	r->asking = NULL;
	r->tries = 0;
	if (r->sides) {
		begin(e, r);
		return;
	}
	core_count(&e->core, COUNT_CALL_RENEWED);
	renew_over(e, r->call);
}

static void refused(struct engine *e, struct renew *r, uint16_t status)
{
	char code[8];

	media_rollback(e, r->asking->peer);
	snprintf(code, sizeof(code), "%u", status);
	if (status == 408)
		fail(e, r, "did not answer when it was offered new keys", SPAN(""));
	else
		fail(e, r, "did not take new keys: ", span_str(code));
}

static void on_done(struct engine *e, struct own *o, uint16_t status, const struct sip_msg *m)
{
	struct renew *r = own_user(o);
	struct leg *l = own_leg(o);

	if (is_stale(e, r))
		return;
	if (status >= 300) {
		refused(e, r, status);
		return;
	}
	refresh_said(e, l, buf_span(r->offer));
	if (!media_has_sdp(m))
		fail(e, r, "took new keys and said none", SPAN(""));
	else if (!media_answer_to_us(e, l, l->peer, m, on_answer, r))
		fail(e, r, "cannot be heard: too many questions are out", SPAN(""));
}

static void on_offer(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;
	struct renew *r = w->user;
	struct own_request q = {
		.method = SIP_INVITE,
		.content_type = SPAN("application/sdp"),
		.done = on_done,
		.user = r,
	};

	if (is_stale(e, r) || is_unheard(e, r, a))
		return;
	if (!a->sdp.n) {
		fail(e, r, "cannot be offered new keys: ", a->error_reason);
		return;
	}
	q.body = a->sdp;
	if (buf_replace(&e->core.bufs, &r->offer, a->sdp) || !own_send(e, r->asking, &q))
		fail(e, r, "cannot be asked: no memory", SPAN(""));
}

static bool must_wait(const struct call *c, const struct leg *l)
{
	return revive_must_wait(c) || reoffer_is_due(c) || own_must_wait(l);
}

static void begin(struct engine *e, struct renew *r)
{
	struct call *c = r->call;
	struct leg *l = c->leg[r->sides & 1U << SIDE_A ? SIDE_A : SIDE_B];

	if (must_wait(c, l)) {
		try_later(e, r);
		return;
	}
	r->asking = l;
	if (!l->peer->anchor.said || !media_offer_anew(e, l->peer, l, on_offer, r))
		fail(e, r, "cannot be asked: too many questions are out", SPAN(""));
}

void renew(struct engine *e, struct call *c, uint8_t sides)
{
	struct renew *r = c->renew;

	if (r) { /* something of it is out still */
		r->sides = sides;
		return;
	}
	r = calloc(1, sizeof(*r));
	if (!r) {
		revive_fail(e, c, SPAN("no memory"));
		return;
	}
	r->call = c;
	r->sides = sides;
	c->renew = r;
	e->renewals.ncall++;
	queue(e, r);
}

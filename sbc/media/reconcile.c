/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/media/reconcile.h"

#include <stddef.h>
#include <stdlib.h>

#include "sbc/call/calls.h"
#include "sbc/guard/banrelay.h"
#include "sbc/media/revive.h"

struct reconcile {
	struct engine *engine;
	struct timer sign, lost, look, again;
	struct relaylink_wait *waits, *pinged;
	uint64_t instance; /* of the relay; 0: not heard yet */
	uint64_t heard;    /* ms: when it last answered a ping */
	unsigned left;     /* signs of life until the next comparison */
	/* The comparison in hand. */
	bool listing;
	bool restarted, anew; /* the relay was, and that was not looked into yet; this is about it */
	uint32_t round;
	uint64_t begun; /* ms */
	uint32_t sessions, orphans;
};

static void compare(struct reconcile *r);

static void on_again(struct timer *timer, void *ctx, uint64_t now)
{
	(void)ctx, (void)now;
	compare((struct reconcile *)(void *)((char *)timer - offsetof(struct reconcile, again)));
}

static void compare_soon(struct reconcile *r)
{
	struct engine *e = r->engine;

	if (!timer_runs(&r->again))
		wheel_add(&e->core.wheel, &r->again, core_now(&e->core) + RECONCILE_AGAIN_MS, on_again);
}

/* ----- our calls without a session ----- */

/* A relay that was started again has none that it had; else what is new may not have been there yet when it was asked.
 */
static bool is_lost(const struct reconcile *r, const struct call *c)
{
	if (c->kind != CALL_INVITE || c->state == CALL_OVER || !c->media || c->seen == r->round)
		return false;
	return r->anew ? c->created < r->begun
		       : c->state == CALL_UP && c->answered_at + RECONCILE_SETTLED_MS < r->begun;
}

static void on_lost(struct timer *timer, void *ctx, uint64_t now)
{
	struct reconcile *r = (struct reconcile *)(void *)((char *)timer - offsetof(struct reconcile, lost));
	struct engine *e = ctx;
	unsigned n = 0;

	/* Those that end stay in the list until this event is done. */
	for (struct call *c = e->calls; c && n < RECONCILE_LOST_BATCH; c = c->next) {
		if (!is_lost(r, c))
			continue;
		n++;
		c->seen = r->round;
		if (revive_must_wait(c))
			compare_soon(r);
		else
			revive(e, c);
	}
	if (n == RECONCILE_LOST_BATCH)
		wheel_add(&e->core.wheel, &r->lost, now + RECONCILE_LOST_MS, on_lost);
}

static void finish(struct reconcile *r)
{
	struct engine *e = r->engine;
	uint32_t lost = 0;

	r->listing = false;
	for (const struct call *c = e->calls; c; c = c->next)
		lost += is_lost(r, c);
	core_count(&e->core, COUNT_RELAY_RECONCILED);
	if (lost || r->orphans)
		log_warn(&e->core.log,
			 "the relay has %u media sessions of ours: %u of no call, deleted; %u calls have none, set up "
			 "again",
			 r->sessions, r->orphans, lost);
	if (lost)
		wheel_add(&e->core.wheel, &r->lost, core_now(&e->core) + 1, on_lost);
}

/* ----- its sessions without a call ----- */

static void delete_orphan(struct reconcile *r, struct span call_id)
{
	struct ng_request q = { .command = NG_DELETE, .call_id = call_id, .fast = true };

	r->orphans++;
	core_count(&r->engine->core, COUNT_RELAY_ORPHAN);
	relaylink_ask(&r->engine->relay, &q, NULL, NULL, NULL, NULL);
}

static void take_session(struct reconcile *r, struct span call_id)
{
	struct call *c = calls_find(r->engine, call_id);

	r->sessions++;
	if (c)
		c->seen = r->round;
	else
		delete_orphan(r, call_id);
}

/* Its sides have no keys there, and nobody is about to tell them any: those who were are gone, with an SBC before us.
 */
static void miss_keys(struct reconcile *r, struct span call_id)
{
	struct call *c = calls_find(r->engine, call_id);

	if (c && !c->renew && !c->reviving)
		c->seen = r->round - 1;
}

static void ask_page(struct reconcile *r, uint32_t after);

static void each_call(struct reconcile *r, struct ng_value list, void (*take)(struct reconcile *, struct span))
{
	struct ng_value one;
	struct span none;
	uint32_t at = 0;

	while (ng_next(list.text, &at, &none, &one) == 1)
		if (one.kind == NG_STRING)
			take(r, one.text);
}

static void on_page(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct reconcile *r = w->user;
	struct ng_value list, next;

	(void)env;
	r->listing = false;
	if (!a || !span_eq(a->result, SPAN("ok")) || ng_find(a->body, SPAN("calls"), &list))
		return; /* the relay is gone, or another: that is noticed */
	each_call(r, list, take_session);
	if (ng_find(a->body, SPAN("anew"), &list) == 0 && list.kind == NG_LIST_KIND)
		each_call(r, list, miss_keys);
	if (ng_find(a->body, SPAN("next"), &next) == 0 && next.integer > 0 && next.integer <= UINT32_MAX)
		ask_page(r, (uint32_t)next.integer);
	else
		finish(r);
}

static void ask_page(struct reconcile *r, uint32_t after)
{
	struct ng_request q = { .command = NG_LIST, .limit = RECONCILE_PAGE, .after = after };

	r->listing = relaylink_ask(&r->engine->relay, &q, NULL, on_page, r, &r->waits) != NULL;
}

static void compare(struct reconcile *r)
{
	r->left = RECONCILE_ROUND;
	if (r->listing)
		return;
	r->round++;
	r->sessions = r->orphans = 0;
	r->begun = core_now(&r->engine->core);
	r->anew = r->restarted;
	r->restarted = false;
	ask_page(r, 0);
}

/* ----- we are there ----- */

static void on_instance(struct reconcile *r, uint64_t instance)
{
	if (r->instance)
		log_warn(&r->engine->core.log, "the relay was restarted: the media of calls is set up there again");
	r->restarted = r->instance != 0;
	r->instance = instance;
	r->listing = false;
	banrelay_again(r->engine);
	compare(r);
}

static void on_standing(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct reconcile *r = w->user;
	struct ng_value v;

	(void)env;
	if (!a || !span_eq(a->result, SPAN("ok")) || ng_find(a->body, SPAN("instance"), &v))
		return;
	relaytotals_take(&r->engine->relay.totals, a->body);
	if ((uint64_t)v.integer != r->instance)
		on_instance(r, (uint64_t)v.integer);
	else if (r->left-- <= 1)
		compare(r);
}

/* Events about what there was before us come here from now on. */
static void ask_standing(struct reconcile *r)
{
	struct ng_request adopt = { .command = NG_ADOPT }, lease = { .command = NG_LEASE };

	if (!r->instance)
		relaylink_ask(&r->engine->relay, &adopt, NULL, NULL, NULL, NULL);
	relaylink_ask(&r->engine->relay, &lease, NULL, on_standing, r, &r->waits);
}

static uint64_t sign_every(const struct engine *e)
{
	uint64_t third = e->core.conf->relay.lease_ms / 3;

	return third && third < RECONCILE_MOST_MS ? third : RECONCILE_MOST_MS;
}

static void on_sign(struct timer *timer, void *ctx, uint64_t now)
{
	struct reconcile *r = (struct reconcile *)(void *)((char *)timer - offsetof(struct reconcile, sign));
	struct engine *e = ctx;

	if (!r->waits) /* else one is out already, and asked again */
		ask_standing(r);
	wheel_add(&e->core.wheel, &r->sign, now + sign_every(e), on_sign);
}

void reconcile_now(struct reconcile *r)
{
	if (!r)
		return;
	relaylink_forget(&r->waits);
	r->listing = false;
	ask_standing(r);
}

/* ----- is it the same one? ----- */

/* Who was silent for long may have made sessions since, for calls that had given it up. */
static void on_pong(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct reconcile *r = w->user;
	const uint64_t now = core_now(&r->engine->core);
	struct ng_value v;

	(void)env;
	if (!a || !r->instance)
		return;
	if (ng_find(a->body, SPAN("instance"), &v) == 0 && (uint64_t)v.integer != r->instance)
		reconcile_now(r);
	else if (r->heard && now - r->heard > RECONCILE_HUNG_MS)
		compare_soon(r);
	r->heard = now;
}

static void on_look(struct timer *timer, void *ctx, uint64_t now)
{
	struct reconcile *r = (struct reconcile *)(void *)((char *)timer - offsetof(struct reconcile, look));
	struct ng_request ping = { .command = NG_PING };
	struct relaylink_wait *w = NULL;
	struct engine *e = ctx;

	if (!r->pinged)
		w = relaylink_ask(&e->relay, &ping, NULL, on_pong, r, &r->pinged);
	if (w)
		w->once = true;
	wheel_add(&e->core.wheel, &r->look, now + RECONCILE_LOOK_MS, on_look);
}

struct reconcile *reconcile_new(struct engine *e)
{
	struct reconcile *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->engine = e;
	wheel_add(&e->core.wheel, &r->sign, core_now(&e->core) + 1, on_sign);
	wheel_add(&e->core.wheel, &r->look, core_now(&e->core) + RECONCILE_LOOK_MS, on_look);
	return r;
}

void reconcile_quiet(struct reconcile *r)
{
	if (!r)
		return;
	wheel_del(&r->engine->core.wheel, &r->sign);
	wheel_del(&r->engine->core.wheel, &r->lost);
	wheel_del(&r->engine->core.wheel, &r->look);
	wheel_del(&r->engine->core.wheel, &r->again);
	relaylink_forget(&r->waits);
	relaylink_forget(&r->pinged);
}

void reconcile_free(struct reconcile *r)
{
	reconcile_quiet(r);
	free(r);
}

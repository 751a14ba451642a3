/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/reconcile.h"

#include <stddef.h>
#include <stdlib.h>

#include "sbc/banrelay.h"
#include "sbc/callend.h"
#include "sbc/calls.h"

struct reconcile {
	struct engine *engine;
	struct timer sign, end;
	struct relaylink_wait *waits;
	uint64_t instance; /* of the relay; 0: not heard yet */
	unsigned left;     /* signs of life until the next comparison */
	/* The comparison in hand. */
	bool listing;
	uint32_t round;
	uint64_t begun; /* ms */
	uint32_t sessions, orphans;
};

/* ----- our calls without a session ----- */

static bool is_lost(const struct reconcile *r, const struct call *c)
{
	return c->kind == CALL_INVITE && c->state == CALL_UP && c->media && c->seen != r->round &&
	       c->answered_at + RECONCILE_SETTLED_MS < r->begun;
}

static void on_end(struct timer *timer, void *ctx, uint64_t now)
{
	struct reconcile *r = (struct reconcile *)(void *)((char *)timer - offsetof(struct reconcile, end));
	struct engine *e = ctx;
	unsigned n = 0;

	/* Those that end stay in the list until this event is done. */
	for (struct call *c = e->calls; c && n < RECONCILE_END_BATCH; c = c->next) {
		if (!is_lost(r, c))
			continue;
		n++;
		callend(e, c, COUNT_CALL_MEDIA_LOST, 503, NULL);
	}
	if (n == RECONCILE_END_BATCH)
		wheel_add(&e->core.wheel, &r->end, now + RECONCILE_END_MS, on_end);
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
			 "the relay has %u media sessions of ours: %u of no call, deleted; %u calls have none, ended",
			 r->sessions, r->orphans, lost);
	if (lost)
		wheel_add(&e->core.wheel, &r->end, core_now(&e->core) + 1, on_end);
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

static void ask_page(struct reconcile *r, uint32_t after);

static void on_page(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct reconcile *r = w->user;
	struct ng_value list, one, next;
	struct span none;
	uint32_t at = 0;

	(void)env;
	r->listing = false;
	if (!a || !span_eq(a->result, SPAN("ok")) || ng_find(a->body, SPAN("calls"), &list))
		return; /* the relay is gone, or another: that is noticed */
	while (ng_next(list.text, &at, &none, &one) == 1)
		if (one.kind == NG_STRING)
			take_session(r, one.text);
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
	ask_page(r, 0);
}

/* ----- we are there ----- */

static void on_standing(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct reconcile *r = w->user;
	struct ng_value v;
	uint64_t instance;

	(void)env;
	if (!a || !span_eq(a->result, SPAN("ok")) || ng_find(a->body, SPAN("instance"), &v))
		return;
	instance = (uint64_t)v.integer;
	relaytotals_take(&r->engine->relay.totals, a->body);
	if (instance == r->instance) {
		if (r->left-- <= 1)
			compare(r);
		return;
	}
	if (r->instance)
		log_warn(&r->engine->core.log, "the relay was restarted: calls whose media it had are ended");
	r->instance = instance;
	banrelay_again(r->engine);
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

struct reconcile *reconcile_new(struct engine *e)
{
	struct reconcile *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->engine = e;
	wheel_add(&e->core.wheel, &r->sign, core_now(&e->core) + 1, on_sign);
	return r;
}

void reconcile_quiet(struct reconcile *r)
{
	if (!r)
		return;
	wheel_del(&r->engine->core.wheel, &r->sign);
	wheel_del(&r->engine->core.wheel, &r->end);
	relaylink_forget(&r->waits);
}

void reconcile_free(struct reconcile *r)
{
	reconcile_quiet(r);
	free(r);
}

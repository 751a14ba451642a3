/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/fork.h"

#include <stdio.h>

#include "sbc/branch.h"
#include "sbc/callend.h"
#include "sbc/hunt.h"
#include "sbc/leg.h"
#include "sbc/media.h"
#include "sbc/pass.h"
#include "sbc/passback.h"

static const char elsewhere[] = "Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n";

/* ----- beginning ----- */

/* The leg that the call was made with serves the first branch. */
static struct leg *leg_for(struct call *c)
{
	struct leg *l = c->nbranch ? leg_make(c, SIDE_B) : c->leg[SIDE_B];

	if (!l)
		return NULL;
	c->nbranch++;
	if (c->nbranch > 1) {
		snprintf(l->media, sizeof(l->media), "b%u", c->nbranch % 100u);
		l->peer = c->leg[SIDE_A];
	}
	return l;
}

static struct branch *make_branch(struct engine *e, struct pass *p, const struct route_target *t)
{
	struct leg *l = leg_for(p->call);
	struct branch *b = l && leg_towards(e, l, &t->leg) == 0 ? branch_new(p, l) : NULL;

	if (!b)
		return NULL;
	l->branch = b;
	if (t->leg.trunk >= 0 && hunt_left(p->hunt))
		b->retry_ms = (uint16_t)e->core.conf->trunks[t->leg.trunk].hunt_ms;
	return b;
}

/* All of a group are made before the first is sent: one that fails at once must see that it is not alone. */
static bool begin_group(struct engine *e, struct pass *p, const struct sip_msg *m)
{
	struct branch *group[ROUTE_TARGETS];
	struct call *c = p->call;
	unsigned n = 0;

	while (hunt_left(p->hunt) && n < ROUTE_TARGETS && (n == 0 || !hunt_next_begins_group(p->hunt))) {
		group[n] = make_branch(e, p, hunt_take(p->hunt));
		if (!group[n])
			break;
		n++;
	}
	for (unsigned i = 0; i < n && c->state != CALL_OVER && !p->answered; i++)
		pass_branch(e, group[i], m);
	return n > 0;
}

void fork_begin(struct engine *e, struct pass *p, const struct route *route, const struct sip_msg *m)
{
	if (pass_is_unusable(e, p, m))
		return;
	if (m->method == SIP_INVITE)
		p->call->invite = p;
	p->hunt = hunt_new(route, 0);
	if (!begin_group(e, p, m))
		pass_refuse(e, p, 500, COUNT_REFUSE_INTERNAL, (struct span){ 0 });
}

/* ----- failing ----- */

static bool any_open(const struct pass *p)
{
	for (const struct branch *b = p->branches; b; b = b->next)
		if (branch_is_open(b))
			return true;
	return false;
}

static void give_up_others(struct engine *e, struct pass *p, const struct branch *but, struct span reason)
{
	hunt_free(p->hunt);
	p->hunt = NULL;
	for (struct branch *b = p->branches; b; b = b->next)
		if (b != but && branch_is_open(b))
			branch_cancel(e, b, reason);
}

static enum best_verdict keep_best(struct engine *e, struct pass *p, uint16_t status, const struct sip_msg *m,
				   enum count why)
{
	enum best_verdict v = best_response_add(&p->best, status);

	if (v == BEST_DROP || v == BEST_CHALLENGE)
		return v;
	buf_drop(&e->core.bufs, p->best_text);
	p->best_text = m ? buf_keep(&e->core.bufs, m->raw) : NULL;
	p->best_cause = (uint8_t)why;
	return v;
}

static void finish(struct engine *e, struct pass *p)
{
	struct call *c = p->call;
	struct sip_msg m;

	if (p->best_text && sip_msg_index(buf_span(p->best_text), &m) == SIP_OK) {
		passback_refusal(e, p, &m);
		callend(e, c, COUNT_CALL_REJECTED, 0, c->leg[SIDE_B]);
	} else {
		/* RFC 4320 4.2: a non-INVITE request that nobody answered is not answered 408: its sender knows by
		 * itself. */
		if (p->method != SIP_INVITE && p->best.status == 408) {
			txn_detach(p->in);
			p->in = NULL;
		}
		passback_status(e, p, p->best.status);
		if (c->kind != CALL_INVITE)
			core_count(&e->core, (enum count)p->best_cause);
		callend(e, c, (enum count)p->best_cause, p->best.status, c->leg[SIDE_B]);
	}
	callend_look(e, c);
}

static bool begin_next(struct engine *e, struct pass *p)
{
	struct sip_msg m;

	return hunt_left(p->hunt) && p->in && p->in->request &&
	       sip_msg_index(buf_span(p->in->request), &m) == SIP_OK && begin_group(e, p, &m);
}

static void lose(struct engine *e, const struct branch *b)
{
	for (struct leg *l = b->pass->call->legs; l; l = l->next)
		if (l->branch == b)
			leg_lose(e, l);
}

void fork_failed(struct engine *e, struct branch *b, const struct sip_msg *m, enum count why)
{
	struct pass *p = b->pass;
	bool was_alone = p->branches == b && !b->next && !hunt_left(p->hunt);

	if (!b->cancelled) /* else the timer waits for the end of the cancelled INVITE */
		wheel_del(&e->core.wheel, &b->ring);
	lose(e, b);
	if (p->answered || p->call->state == CALL_OVER) {
		callend_look(e, p->call);
		return;
	}
	if (keep_best(e, p, b->status, m, why) == BEST_STOP)
		give_up_others(e, p, b, (struct span){ 0 });
	else if (any_open(p) || begin_next(e, p)) {
		if (p->offered && !was_alone)
			media_drop(e, b->to);
		return;
	}
	p->answered = true;
	finish(e, p);
}

void fork_unsent(struct engine *e, struct branch *b)
{
	b->status = 487;
	lose(e, b);
	callend_look(e, b->pass->call);
}

/* ----- winning ----- */

void fork_won(struct engine *e, struct branch *b, struct leg *winner)
{
	struct pass *p = b->pass;
	struct call *c = p->call;

	p->winner = b;
	c->leg[SIDE_B] = winner;
	c->leg[SIDE_A] = winner->peer;
	winner->peer->peer = winner;
	give_up_others(e, p, b, span_of(elsewhere, sizeof(elsewhere) - 1));
	for (struct branch *other = p->branches; other; other = other->next)
		if (other != b && p->offered)
			media_drop(e, other->to);
	for (struct leg *l = c->legs; l; l = l->next)
		if (l != winner && l != winner->peer)
			leg_lose(e, l);
	winner->branch = NULL;
}

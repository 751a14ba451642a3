/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/fork/fork.h"

#include <stdio.h>

#include "alg/base/cursor.h"
#include "alg/sip/max_breadth.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/uri.h"
#include "sbc/call/branch.h"
#include "sbc/call/callend.h"
#include "sbc/call/leg.h"
#include "sbc/call/pass.h"
#include "sbc/call/passback.h"
#include "sbc/fork/again.h"
#include "sbc/fork/early.h"
#include "sbc/fork/hunt.h"
#include "sbc/fork/onward.h"
#include "sbc/fork/outcome.h"
#include "sbc/fork/placefailure.h"
#include "sbc/fork/redirect.h"
#include "sbc/identity/divert.h"
#include "sbc/identity/transparent.h"
#include "sbc/identity/trust.h"
#include "sbc/media/media.h"
#include "sbc/registrar/edge_call.h"

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

static struct name place_of(const struct engine *e, const struct leg_target *t)
{
	const struct addr *peer = &t->flow.peer;
	struct span parts[] = { SPAN("place"), t->uri, span_of(peer->ip, sizeof(peer->ip)),
				span_of(&peer->port, sizeof(peer->port)), span_of(&t->flow.realm, 1) };

	return core_name(&e->core, parts, sizeof(parts) / sizeof(*parts));
}

/* Nobody is asked twice: two names led to one place, or a redirection to one that redirected. */
static bool was_tried(const struct pass *p, const struct name *place)
{
	for (const struct branch *b = p->branches; b; b = b->next)
		if (b->place.hi == place->hi && b->place.lo == place->lo)
			return true;
	return false;
}

static struct span user_of(struct span party)
{
	struct nameaddr n;
	struct uri uri;

	return nameaddr_parse(party, &n) || uri_parse(n.uri, &uri) ? (struct span){ 0 } : uri.user;
}

/* Another way through the networks leads to a telephone that rang already, or is busy. */
static bool was_reached(const struct pass *p, const struct leg_target *t)
{
	for (const struct branch *b = p->branches; b && t->trunk >= 0; b = b->next)
		if (b->over && b->to->trunk >= 0 && (b->rang || b->status == 486) &&
		    uri_user_eq(user_of(buf_span(b->to->remote)), user_of(t->to)))
			return true;
	return false;
}

/* A trunk or realm that can take no more is passed over, as if it could not be reached. */
static bool is_at_limit(struct engine *e, struct pass *p, const struct leg_target *t)
{
	enum count why;

	if (admission_allows(e, p->call, t->trunk, t->flow.realm, &why))
		return false;
	core_count(&e->core, COUNT_PASSED_OVER);
	p->passed_over = (uint8_t)why;
	onward_failed(p, CONF_UNREACHABLE);
	return true;
}

/* Where a phone forwards the call to has as long as a place of the route that led to the phone. */
static uint64_t answer_by(const struct engine *e, const struct pass *p, const struct route_target *t)
{
	const struct conf_route *r = t->route ? t->route : p->route;

	return r && r->timeout_ms ? core_now(&e->core) + r->timeout_ms : 0;
}

static bool is_passed_over(struct engine *e, struct pass *p, const struct route_target *t, const struct name *place)
{
	if (t->again)
		return false;
	return was_tried(p, place) || was_reached(p, &t->leg) || is_at_limit(e, p, &t->leg);
}

/* It goes on where that one was. */
static void continue_branch(struct branch *b, const struct branch *before)
{
	b->asked_who = before->asked_who;
	b->answer_by = before->answer_by;
}

static struct branch *make_branch(struct engine *e, struct pass *p, const struct route_target *t)
{
	struct name place = place_of(e, &t->leg);
	struct leg *l;
	struct branch *b;

	if (p->call->nbranch >= e->core.conf->limits.branches || is_passed_over(e, p, t, &place))
		return NULL;
	l = leg_for(p->call);
	b = l && leg_towards(e, l, &t->leg) == 0 ? branch_new(p, l) : NULL;
	if (!b)
		return NULL;
	admission_enter(e, l);
	l->branch = b;
	b->place = place;
	b->after = t->after;
	b->route = t->route;
	b->answer_by = answer_by(e, p, t);
	b->depth = (uint8_t)(t->after ? t->after->depth + 1 : 0);
	if (t->again)
		continue_branch(b, t->again);
	if (t->leg.trunk >= 0 && (hunt_left(p->hunt) || onward_hurries(e, p)))
		b->retry_ms = (uint16_t)e->core.conf->trunks[t->leg.trunk].hunt_ms;
	return b;
}

/* The places of the next group that may be open at once: the others are tried after them. */
static unsigned take_group(struct engine *e, struct pass *p, struct branch *group[ROUTE_TARGETS])
{
	unsigned most = p->breadth < ROUTE_TARGETS ? p->breadth : ROUTE_TARGETS, n = 0;

	while (hunt_left(p->hunt) && n < most && (n == 0 || !hunt_next_begins_group(p->hunt))) {
		group[n] = make_branch(e, p, hunt_take(p->hunt));
		n += group[n] != NULL;
	}
	/* It is large, and calls ring for long. */
	if (!hunt_left(p->hunt)) {
		hunt_free(p->hunt);
		p->hunt = NULL;
	}
	for (unsigned i = 0; i < n && (n > 1 || p->breadth_given); i++)
		group[i]->breadth = (uint8_t)max_breadth_share(p->breadth, n, i);
	return n;
}

/* All of a group are made before the first is sent: one that fails at once must see that it is not alone. The pass is
 * gone where none could be sent and it was the last. */
static bool begin_group(struct engine *e, struct pass *p, const struct sip_msg *m)
{
	struct branch *group[ROUTE_TARGETS];
	struct call *c = p->call;
	unsigned n = take_group(e, p, group);

	for (unsigned i = 0; i < n && c->state != CALL_OVER && !p->answered; i++) {
		if (p->in)
			transparent_begin(e, group[i]->to);
		trust_hide(e, group[i]->to, m);
		pass_branch(e, group[i], m);
	}
	return n > 0;
}

static bool begin_next(struct engine *e, struct pass *p)
{
	struct sip_msg m;

	return hunt_left(p->hunt) && sip_msg_index(pass_request(p), &m) == SIP_OK && begin_group(e, p, &m);
}

/* By the routes that follow, until somebody can be asked. */
static bool begin_onward(struct engine *e, struct pass *p)
{
	while (onward_push(e, p))
		if (begin_next(e, p))
			return true;
	return false;
}

/* How many branches the request may have at once (RFC 5393 5.3.3). */
static void read_breadth(struct pass *p, const struct sip_msg *m)
{
	uint32_t breadth = MAX_BREADTH_DEFAULT;

	p->breadth_given = sip_msg_has(m, SIP_HDR_MAX_BREADTH) &&
			   max_breadth_parse(sip_msg_value(m, SIP_HDR_MAX_BREADTH), &breadth) == 0;
	p->breadth = (uint8_t)breadth;
}

void fork_lines(struct engine *e, const struct branch *b, const struct sip_msg *m, struct writer *w)
{
	if (b->breadth) {
		writer_put(w, SPAN("Max-Breadth: "));
		writer_u64(w, b->breadth);
		writer_put(w, SPAN("\r\n"));
	}
	divert_lines(e, b, m, w);
}

/* ----- the sides that the relay keeps ----- */

static void drop_media(struct engine *e, struct branch *b)
{
	if (b->media)
		media_drop(e, b->to);
	b->media = false;
}

/* Those of branches that are over; as long as there is one that is not, for the caller's side lives with the last. */
static void drop_lost_media(struct engine *e, struct pass *p)
{
	const struct branch *live = p->branches;

	while (live && (!live->media || (live->over && live != p->winner)))
		live = live->next;
	for (struct branch *b = p->branches; live && b; b = b->next)
		if (b->over && b != p->winner)
			drop_media(e, b);
}

/* ----- what trunks are told to be ----- */

static uint32_t retry_after(const struct sip_msg *m)
{
	struct cursor c = { .left = sip_msg_value(m, SIP_HDR_RETRY_AFTER) };
	uint64_t s = cursor_number(&c, UINT32_MAX);

	return c.failed ? 0 : (uint32_t)s;
}

/* What became of a request that was sent to a place of a trunk: the next ones go by it (F7, K2). m: its final response;
 * NULL: a 2xx, or none. */
static void judge_trunk(struct engine *e, const struct branch *b, const struct sip_msg *m)
{
	if (b->to->trunk < 0 || !b->out)
		return;
	unsigned trunk = (unsigned)b->to->trunk;
	const struct flow *flow = &b->out->flow;

	if (m && m->status == 503)
		trunks_failed(&e->trunks, trunk, flow, TRUNK_BUSY, retry_after(m));
	else if (m || b->status < 300)
		trunks_worked(&e->trunks, trunk, flow);
	else if (b->status == 503)
		trunks_failed(&e->trunks, trunk, flow, TRUNK_REFUSED, 0);
	else if (b->status == 408 && !b->provisional)
		trunks_failed(&e->trunks, trunk, flow, TRUNK_TIMEOUT, 0);
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

static enum best_verdict keep_best(struct engine *e, struct branch *b, const struct sip_msg *m, enum count why)
{
	struct pass *p = b->pass;
	enum best_verdict v;

	/* That it was cancelled is our own doing, and no answer to the caller (F7). */
	if (b->cancelled && b->status == 487)
		return BEST_DROP;
	v = best_response_add(&p->best, b->status);
	if (v == BEST_DROP || v == BEST_CHALLENGE)
		return v;
	buf_drop(&e->core.bufs, p->best_text);
	p->best_text = m ? buf_keep(&e->core.bufs, m->raw) : NULL;
	p->best_from = b;
	p->best_cause = (uint8_t)why;
	return v;
}

static void finish_by_ourselves(struct engine *e, struct pass *p)
{
	struct call *c = p->call;
	uint16_t status = p->best.status ? p->best.status : 487;
	enum count why = p->best.status ? (enum count)p->best_cause : COUNT_CALL_CANCELLED;

	/* RFC 4320 4.2: a non-INVITE request that nobody answered is not answered 408: its sender knows by itself. */
	if (p->method != SIP_INVITE && status == 408) {
		txn_detach(p->in);
		p->in = NULL;
	}
	passback_status(e, p, status, why);
	if (c->kind != CALL_INVITE)
		core_count(&e->core, why);
	callend(e, c, why, status, c->leg[SIDE_B]);
}

static void finish(struct engine *e, struct pass *p)
{
	struct call *c = p->call;
	struct sip_msg m;

	p->answered = true;
	if (p->best_text && sip_msg_index(buf_span(p->best_text), &m) == SIP_OK) {
		transparent_refused(e, p->best_from->to, &m);
		if (!redirect_pass(e, p, &m))
			passback_refusal(e, p, &m);
		callend(e, c, COUNT_CALL_REJECTED, 0, c->leg[SIDE_B]);
	} else {
		finish_by_ourselves(e, p);
	}
	callend_look(e, c);
}

/* Nobody could be asked at all. */
static void end_unbegun(struct engine *e, struct pass *p)
{
	if (p->best.status)
		finish(e, p);
	else if (p->passed_over)
		pass_refuse(e, p, 503, (enum count)p->passed_over, (struct span){ 0 });
	else
		pass_refuse(e, p, 500, COUNT_REFUSE_INTERNAL, (struct span){ 0 });
}

void fork_begin(struct engine *e, struct pass *p, const struct route *route, const struct sip_msg *m)
{
	if (pass_is_unusable(e, p, m))
		return;
	if (m->method == SIP_INVITE)
		p->call->invite = p;
	onward_begin(p, route->by);
	read_breadth(p, m);
	if (p->breadth == 0)
		pass_refuse(e, p, 440, COUNT_REFUSE_BREADTH, (struct span){ 0 });
	else if (hunt_push(&p->hunt, route))
		pass_refuse(e, p, 500, COUNT_REFUSE_INTERNAL, (struct span){ 0 });
	else if (!begin_group(e, p, m) && !begin_onward(e, p))
		end_unbegun(e, p);
}

static void lose(struct engine *e, const struct branch *b)
{
	struct pass *p = b->pass;

	if (p->heard && p->heard->branch == b)
		p->heard = NULL;
	for (struct leg *l = p->call->legs; l; l = l->next)
		if (l->branch == b)
			leg_lose(e, l);
}

void fork_failed(struct engine *e, struct branch *b, const struct sip_msg *m, enum count why)
{
	struct pass *p = b->pass;
	struct call *c = p->call;
	bool known = b->over, more = false, spoke = b->to->state != LEG_NEW;

	b->over = true;
	if (m || !b->cancelled) /* else the timer waits for the end of the cancelled INVITE */
		wheel_del(&e->core.wheel, &b->ring);
	lose(e, b);
	if (!known) {
		placefailure_tell(e, b, m, why);
		judge_trunk(e, b, m);
	}
	if (known || p->answered || c->state == CALL_OVER) {
		pass_look(e, p);
		return;
	}
	if (redirect_follow(e, b, m) || (spoke && again_follow(e, b, m)))
		more = begin_next(e, p);
	if (c->state == CALL_OVER)
		return;
	/* What is said of a branch that we cancelled is no outcome, but that we had to is. */
	if (!more && !(b->cancelled && (m || b->status == 487)))
		onward_failed(p, outcome_of(b, m, why));
	if (!more && keep_best(e, b, m, why) == BEST_STOP)
		give_up_others(e, p, b, (struct span){ 0 });
	if (!more && edge_is_challenge(e, p, b->to, m)) {
		onward_begin(p, NULL);
		give_up_others(e, p, b, (struct span){ 0 });
	}
	/* After a 6xx nobody is waited for. */
	if (more || (p->best.status < 600 && any_open(p)) || begin_next(e, p) || begin_onward(e, p)) {
		if (c->state == CALL_OVER)
			return;
		drop_lost_media(e, p);
		early_gone(e, b);
		return;
	}
	finish(e, p);
}

void fork_unsent(struct engine *e, struct branch *b)
{
	struct pass *p = b->pass;

	b->status = 487;
	b->over = true;
	lose(e, b);
	if (p->call->state != CALL_OVER)
		drop_lost_media(e, p);
	pass_look(e, p);
}

void fork_unwanted(struct engine *e, struct branch *b)
{
	wheel_del(&e->core.wheel, &b->ring);
	b->cancelled = true;
	if (!b->over)
		b->status = 487;
	fork_failed(e, b, NULL, COUNT_CALL_CANCELLED);
}

/* ----- winning ----- */

void fork_won(struct engine *e, struct branch *b, struct leg *winner)
{
	struct pass *p = b->pass;
	struct call *c = p->call;

	judge_trunk(e, b, NULL);
	p->winner = b;
	admission_stay(e, winner);
	c->leg[SIDE_B] = winner;
	c->leg[SIDE_A] = winner->peer;
	winner->peer->peer = winner;
	b->over = true;
	give_up_others(e, p, b, span_of(elsewhere, sizeof(elsewhere) - 1));
	for (struct branch *other = p->branches; other; other = other->next)
		if (other != b)
			drop_media(e, other);
	for (struct leg *l = c->legs; l; l = l->next)
		if (l != winner && l != winner->peer)
			leg_lose(e, l);
	winner->branch = NULL;
}

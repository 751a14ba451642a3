/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/subscription.h"

#include <stddef.h>

#include "alg/sip/event.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/subscription_state.h"
#include "sbc/call/callend.h"
#include "sbc/call/calls.h"
#include "sbc/call/leg.h"
#include "sbc/identity/transparent.h"

/* A subscription that nobody refreshes or ends is forgotten that long after it expired. */
enum { GRACE_S = 32, MOST_S = 86400, DEFAULT_S = 3600 };

/* ----- how long it lives ----- */

static struct call *call_of(struct timer *timer)
{
	return (struct call *)((char *)timer - offsetof(struct call, limit));
}

static void on_expired(struct timer *timer, void *ctx, uint64_t now)
{
	(void)now;
	callend(ctx, call_of(timer), COUNT_CALL_TOO_LONG, 408, NULL);
}

static void on_nobody_else(struct timer *timer, void *ctx, uint64_t now)
{
	(void)now;
	callend_look(ctx, call_of(timer));
}

/* Until the first NOTIFY it lives no longer than the wait for that (4.1.2.4, Timer N). */
static void arm(struct engine *e, struct call *c)
{
	struct subscription *s = &c->subscription;
	uint64_t until = s->expires_at + (uint64_t)GRACE_S * 1000;

	if (!s->notified && s->notify_by < until)
		until = s->notify_by;
	wheel_add(&e->core.wheel, &c->limit, until, on_expired);
}

static void last(struct engine *e, struct call *c, uint32_t seconds)
{
	c->subscription.expires_at = core_now(&e->core) + (uint64_t)seconds * 1000;
}

void subscription_begin(struct engine *e, struct call *c, const struct sip_msg *m)
{
	struct subscription *s = &c->subscription;
	struct event event;

	s->notify_by = core_now(&e->core) + TXN_TIMEOUT_MS;
	if (event_parse(sip_msg_value(m, SIP_HDR_EVENT), &event) || !event_may_fork(&event))
		return;
	s->event = buf_keep(&e->core.bufs, sip_msg_value(m, SIP_HDR_EVENT));
}

void subscription_accepted(struct engine *e, struct call *c, const struct sip_msg *m)
{
	uint32_t seconds;

	if (c->state == CALL_OVER)
		return;
	if (span_u32(sip_msg_value(m, SIP_HDR_EXPIRES), &seconds) == 0 && seconds <= MOST_S)
		last(e, c, seconds);
	else if (!c->subscription.expires_at)
		last(e, c, DEFAULT_S);
	c->state = CALL_UP;
	arm(e, c);
}

void subscription_heard(struct engine *e, struct call *c, const struct sip_msg *m)
{
	struct subscription *s = &c->subscription;
	struct subscription_state state;
	bool read = subscription_state_parse(sip_msg_value(m, SIP_HDR_SUBSCRIPTION_STATE), &state) == 0;

	s->notified = true;
	if (read && state.phase != SUBSCRIPTION_TERMINATED && state.expires <= MOST_S)
		last(e, c, state.expires);
	else if (!s->expires_at)
		last(e, c, DEFAULT_S);
	arm(e, c);
}

void subscription_delivered(struct call *c)
{
	if (c->state == CALL_SETUP)
		c->state = CALL_UP;
}

bool subscription_is_last(const struct sip_msg *m)
{
	return m->method == SIP_NOTIFY &&
	       span_istarts(sip_msg_value(m, SIP_HDR_SUBSCRIPTION_STATE), SPAN("terminated"));
}

bool subscription_ends_by(uint16_t status)
{
	static const uint16_t final[] = { 404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604 };

	for (unsigned i = 0; i < sizeof(final) / sizeof(*final); i++)
		if (final[i] == status)
			return true;
	return false;
}

bool subscription_is_asked(const struct call *c)
{
	for (const struct pass *p = c->passes; p; p = p->next)
		if (p->setup)
			return true;
	return false;
}

/* ----- one more ----- */

/* Those who are not told yet whose dialog theirs is: nobody answered to the SUBSCRIBE. */
static bool is_open(const struct leg *l)
{
	return l->call->state != CALL_OVER && !l->remote_tag && l->peer->state == LEG_NEW;
}

static struct leg *twin_of(struct leg *first, struct span tag)
{
	while (first && !(first->remote_tag && span_eq(buf_span(first->remote_tag), tag)))
		first = first->twin;
	return first;
}

static unsigned notifiers(const struct leg *first)
{
	unsigned n = 0;

	for (; first; first = first->twin)
		n += first->remote_tag != NULL;
	return n;
}

/* The same names on both sides, but for the tag that is to be ours towards the subscriber. */
static struct leg *make(struct engine *e, struct leg *asked)
{
	const struct call *from = asked->call;
	struct call *c = calls_new(e);
	struct leg *near, *far;

	if (!c)
		return NULL;
	near = c->leg[SIDE_A];
	far = c->leg[SIDE_B];
	c->kind = CALL_SUBSCRIPTION;
	c->subscription.notify_by = from->subscription.notify_by;
	c->subscription.event = buf_keep(&e->core.bufs, buf_span(from->subscription.event));
	c->from = buf_keep(&e->core.bufs, buf_span(from->from));
	c->to = buf_keep(&e->core.bufs, buf_span(from->to));
	if (c->from && c->to && c->subscription.event && !leg_other_answer_apart(e, near, asked->peer) &&
	    !leg_twin_apart(e, far, asked)) {
		core_count(&e->core, COUNT_SUBSCRIPTION_FORKED);
		return far;
	}
	calls_free(e, c);
	return NULL;
}

/* Our subscriber's dialog is with that one. */
static void show(struct engine *e, struct leg *l)
{
	struct call *c = l->call;

	c->leg[SIDE_B] = l;
	l->peer->peer = l;
	transparent_show(e, l);
	l->peer->state = LEG_CONFIRMED;
}

static bool is_about(const struct subscription *s, const struct sip_msg *m)
{
	struct event wanted, told;

	return s->event && event_parse(buf_span(s->event), &wanted) == 0 &&
	       event_parse(sip_msg_value(m, SIP_HDR_EVENT), &told) == 0 && event_eq(&wanted, &told);
}

/* Another notifier, where nobody expects one, is a stranger who guesses, or comes too late: 481 ends what it has. */
static bool is_expected(struct engine *e, const struct leg *asked, const struct leg *first, const struct flow *from,
			const struct sip_msg *m, enum count *why)
{
	const struct subscription *s = &asked->call->subscription;

	*why = COUNT_REFUSE_NO_DIALOG;
	if (!is_about(s, m) || core_now(&e->core) >= s->notify_by)
		return false;
	*why = e->draining ? COUNT_REFUSE_DRAINING : COUNT_REFUSE_NOTIFIER_ELSEWHERE;
	if (e->draining || !leg_is_from(e, asked, from))
		return false;
	*why = COUNT_REFUSE_NOTIFIERS;
	return notifiers(first) < SUBSCRIPTION_NOTIFIERS;
}

static struct leg *make_expected(struct engine *e, struct leg *asked, const struct leg *first, const struct flow *from,
				 const struct sip_msg *m, enum count *why)
{
	struct leg *l = is_expected(e, asked, first, from, m, why) ? make(e, asked) : NULL;

	if (!l && *why == COUNT_REFUSE_NOTIFIERS && notifiers(first) < SUBSCRIPTION_NOTIFIERS)
		*why = COUNT_REFUSE_CALL_LIMIT;
	return l;
}

struct leg *subscription_notifier(struct engine *e, const struct flow *from, const struct sip_msg *m, struct leg *found,
				  enum count *why)
{
	struct leg *first, *l = found;

	*why = COUNT_REFUSE_NO_DIALOG;
	if (m->method != SIP_NOTIFY || (found && found->remote_tag))
		return found;
	first = leg_named(e, sip_msg_value(m, SIP_HDR_CALL_ID), sip_msg_to_tag(m));
	if (!first || first->side != SIDE_B || first->call->kind != CALL_SUBSCRIPTION)
		return found;
	if (!found || !is_open(found))
		l = make_expected(e, found ? found : first, first, from, m, why);
	if (!l)
		return NULL;
	leg_learn_notifier(e, l, m);
	show(e, l);
	return l;
}

struct leg *subscription_other_answer(struct engine *e, struct leg *to, const struct sip_msg *m)
{
	struct span tag = sip_msg_to_tag(m);
	struct leg *l;

	if (is_open(to) || (to->remote_tag && span_eq(buf_span(to->remote_tag), tag)))
		return NULL;
	l = twin_of(leg_named(e, buf_span(to->call_id), buf_span(to->local_tag)), tag);
	if (l)
		return l;
	l = tag.n && to->call->subscription.event && !e->draining ? make(e, to) : NULL;
	if (!l) /* it is the answer to the SUBSCRIBE all the same (5.4.9) */
		return to->call->leg[SIDE_B];
	leg_learn_response(e, l, m);
	show(e, l);
	return l;
}

/* Not where room becomes scarce: calls go before. */
void subscription_over(struct engine *e, struct call *c)
{
	const struct subscription *s = &c->subscription;
	bool told = c->cause == COUNT_CALL_OPERATOR || c->cause == COUNT_CALL_SHUTDOWN;

	if (s->event && c->leg[SIDE_B]->remote_tag && core_now(&e->core) < s->notify_by && !told && !e->draining &&
	    e->dialogs.count <= e->dialogs.capacity / 2)
		wheel_add(&e->core.wheel, &c->limit, s->notify_by, on_nobody_else);
}

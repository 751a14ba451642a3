/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/own.h"

#include <stddef.h>
#include <stdlib.h>

#include "sbc/call/branch.h"
#include "sbc/call/callend.h"
#include "sbc/call/leg.h"
#include "sbc/call/pass.h"
#include "sbc/call/refresh.h"
#include "sbc/store/callkeep.h"

enum {
	OWN_TRIES = 8,
	OWN_BUSY_MS = 1000,    /* until the other offer may be through */
	OWN_GLARE_MS = 2000,   /* after 491 (RFC 3261 14.1): up to that long; */
	OWN_CALL_ID_MS = 2100, /* as long more for who made the Call-ID */
};

struct own {
	struct pass *pass;
	struct timer wait;
	struct buf *lines, *body;
	struct span content_type;
	own_done_fn *done;
	void *user;
	uint8_t tries;
	bool keeps_ack;
	bool completes;
};

static const struct branch_ops ops;

static struct branch *branch_of(const struct own *o)
{
	return o->pass->branches;
}

struct leg *own_leg(const struct own *o)
{
	return branch_of(o)->to;
}

enum sip_method own_method(const struct own *o)
{
	return (enum sip_method)o->pass->method;
}

void *own_user(const struct own *o)
{
	return o->user;
}

void own_keep_ack(struct own *o)
{
	o->keeps_ack = true;
}

void own_free(struct engine *e, struct own *o)
{
	if (!o)
		return;
	wheel_del(&e->core.wheel, &o->wait);
	buf_drop(&e->core.bufs, o->lines);
	buf_drop(&e->core.bufs, o->body);
	free(o);
}

static bool changes_session(const struct own *o)
{
	return o->pass->method == SIP_INVITE || o->pass->method == SIP_UPDATE;
}

static bool is_offer(const struct own *o)
{
	return o->pass->method == SIP_INVITE || (o->pass->method == SIP_UPDATE && o->body);
}

/* ----- the end of it ----- */

static void leave_offer(struct pass *p)
{
	struct call *c = p->call;

	if (c->invite == p)
		c->invite = NULL;
	if (c->offer == p)
		c->offer = NULL;
}

static void acknowledge(struct engine *e, struct own *o)
{
	if (o->keeps_ack)
		return;
	o->pass->call->invite = NULL;
	leg_ack(e, own_leg(o), (struct span){ 0 });
}

/* It is gone after that, unless it has a transaction, which ends it. */
static void finish(struct engine *e, struct own *o, uint16_t status, const struct sip_msg *m)
{
	struct pass *p = o->pass;
	struct call *c = p->call;
	struct leg *l = own_leg(o);
	bool accepted = p->method == SIP_INVITE && status < 300;
	bool gone = changes_session(o) && (status == 481 || status == 408), out = branch_of(o)->out;

	p->answered = true;
	wheel_del(&e->core.wheel, &branch_of(o)->ring);
	if (!accepted)
		leave_offer(p);
	o->done(e, o, status, m);
	if (c->state == CALL_OVER) /* by done: the rest is done */
		return;
	if (changes_session(o))
		callkeep_changed(e, c);
	if (accepted)
		acknowledge(e, o);
	if (!out)
		pass_free(e, p);
	if (gone) /* R3: who does not know the dialog needs no BYE, who was only slow does. */
		callend(e, c, status == 481 ? COUNT_CALL_GONE : COUNT_CALL_SILENT, 0, status == 481 ? l : NULL);
}

/* ----- sending ----- */

/* One offer at a time in a call (RFC 3261 14.1). */
static bool is_busy(const struct leg *l, bool completes)
{
	const struct call *c = l->call;

	return c->invite || c->offer || l->ack_owed || (l->peer->ack_owed && !completes) ||
	       timer_runs(&l->answer_timer) || timer_runs(&l->peer->answer_timer);
}

bool own_must_wait(const struct leg *l)
{
	return is_busy(l, false);
}

static void on_wait(struct timer *timer, void *ctx, uint64_t now);

static void wait_for(struct engine *e, struct own *o, uint64_t ms)
{
	wheel_add(&e->core.wheel, &o->wait, core_now(&e->core) + ms, on_wait);
}

static void transmit(struct engine *e, struct own *o)
{
	struct pass *p = o->pass;
	struct leg_request r = {
		.lines = buf_span(o->lines),
		.content_type = o->content_type,
		.body = o->body ? buf_span(o->body) : SPAN(""),
	};

	if (p->method == SIP_INVITE)
		p->call->invite = p;
	else if (is_offer(o))
		p->call->offer = p;
	if (!branch_send_own(e, branch_of(o), &r, &ops))
		finish(e, o, 503, NULL);
}

static void begin(struct engine *e, struct own *o)
{
	if (!is_offer(o) || !is_busy(own_leg(o), o->completes))
		transmit(e, o);
	else if (o->tries++ < OWN_TRIES)
		wait_for(e, o, OWN_BUSY_MS);
	else
		finish(e, o, 491, NULL);
}

static void on_wait(struct timer *timer, void *ctx, uint64_t now)
{
	(void)now;
	begin(ctx, (struct own *)((char *)timer - offsetof(struct own, wait)));
}

static struct own *make(struct engine *e, struct leg *l, const struct own_request *r)
{
	struct pass *p = pass_new_own(l->call, l->peer, r->method);
	struct own *o = p ? calloc(1, sizeof(*o)) : NULL;

	if (!p)
		return NULL;
	p->own = o;
	if (o)
		o->pass = p;
	if (!o || !branch_new(p, l) || (r->lines.n && !(o->lines = buf_keep(&e->core.bufs, r->lines))) ||
	    (r->body.n && !(o->body = buf_keep(&e->core.bufs, r->body)))) {
		pass_free(e, p);
		return NULL;
	}
	o->content_type = r->content_type;
	o->done = r->done;
	o->completes = r->completes;
	o->user = r->user;
	return o;
}

bool own_send(struct engine *e, struct leg *l, const struct own_request *r)
{
	bool in_time = l->state == LEG_CONFIRMED || (l->state == LEG_EARLY && r->method != SIP_INVITE);
	struct own *o = in_time && l->call->state != CALL_OVER ? make(e, l, r) : NULL;

	if (o)
		begin(e, o);
	return o != NULL;
}

/* ----- what the branch tells ----- */

static uint64_t glare_wait_ms(struct engine *e, const struct leg *l)
{
	/* The caller made the Call-ID of the leg on its side. */
	return (l->side == SIDE_A ? 0 : OWN_CALL_ID_MS) + token_u64(&e->core.tokens) % OWN_GLARE_MS;
}

static bool is_tried_again(struct engine *e, struct own *o, const struct sip_msg *m)
{
	struct branch *b = branch_of(o);
	bool glare = m->status == 491;

	if ((!glare && !refresh_raises(b->to, &b->asked, m) &&
	     !leg_answers_challenge(e, b->to, &b->out->flow, m, &b->asked_who)) ||
	    o->tries++ >= OWN_TRIES)
		return false;
	branch_reset(e, b);
	leave_offer(o->pass);
	wait_for(e, o, glare ? glare_wait_ms(e, b->to) : 0);
	return true;
}

static void take_answer(struct engine *e, struct own *o, const struct sip_msg *m)
{
	struct branch *b = branch_of(o);

	if (changes_session(o)) {
		leg_learn_response(e, b->to, m);
		refresh_accepted(e, b->to, b, m);
	}
	b->to->ack_owed |= o->pass->method == SIP_INVITE;
}

static void on_final(struct engine *e, struct branch *b, const struct sip_msg *m)
{
	struct pass *p = b->pass;
	bool accepted = p->method == SIP_INVITE && m->status < 300;

	if (p->call->state == CALL_OVER) {
		if (accepted) /* our BYE was faster (C2) */
			leg_ack(e, b->to, (struct span){ 0 });
		callend_look(e, p->call);
		return;
	}
	if (p->answered) {
		if (accepted)
			leg_ack_again(e, b->to);
		return;
	}
	if (is_tried_again(e, p->own, m))
		return;
	if (m->status < 300)
		take_answer(e, p->own, m);
	finish(e, p->own, m->status, m);
}

static void on_provisional(struct engine *e, struct branch *b, const struct sip_msg *m)
{
	(void)m;
	if (b->pass->method == SIP_INVITE)
		branch_ring_restart(e, b);
}

static void on_ended(struct engine *e, struct branch *b, enum branch_end why)
{
	struct pass *p = b->pass;

	if (p->answered || p->call->state == CALL_OVER) {
		callend_look(e, p->call);
		return;
	}
	b->status = why == BRANCH_UNREACHABLE ? 503 : 408;
	if (why == BRANCH_RANG_OUT)
		branch_cancel(e, b, (struct span){ 0 });
	finish(e, p->own, b->status, NULL);
}

static void on_gone(struct engine *e, struct branch *b)
{
	pass_look(e, b->pass);
}

static const struct branch_ops ops = {
	.provisional = on_provisional,
	.final = on_final,
	.ended = on_ended,
	.gone = on_gone,
};

/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/transfer/transfer.h"

#include <stdlib.h>

#include "alg/sdp/formats.h"
#include "sbc/call/branch.h"
#include "sbc/call/callend.h"
#include "sbc/call/calls.h"
#include "sbc/call/leg.h"
#include "sbc/call/own.h"
#include "sbc/call/pass.h"
#include "sbc/engine/respond.h"
#include "sbc/fork/fork.h"
#include "sbc/media/media.h"
#include "sbc/offer/reoffer.h"
#include "sbc/route/sips.h"
#include "sbc/transfer/adopt.h"
#include "sbc/transfer/referral.h"
#include "sbc/transfer/referred.h"
#include "sbc/transfer/replaced.h"
#include "sbc/transfer/rest.h"

enum { INVITE_MAX = 4096 };

/* All its calls know it. It goes when `asked` is over, and no re-INVITE is out. */
struct transfer {
	struct call *call;  /* that is transferred */
	struct call *asked; /* the call to the target; attended: nobody's, it stands for the session in the relay. NULL:
			       over */
	struct call *other; /* attended: the call that the target is in; else NULL */
	struct rest rest;
	struct leg *target; /* whom it will talk with; NULL until known */
	struct referral referral;
	struct call *out; /* in which a re-INVITE is out; NULL: none is */
	bool offered;     /* the target of an attended transfer waits for an answer */
};

static void forget(struct call **c)
{
	if (*c)
		(*c)->transfer = NULL;
	*c = NULL;
}

static void drop(struct engine *e, struct transfer *t)
{
	forget(&t->call);
	forget(&t->asked);
	forget(&t->other);
	buf_drop(&e->core.bufs, t->rest.offer);
	free(t);
}

void transfer_forget(struct engine *e, struct call *c)
{
	if (c->transfer)
		drop(e, c->transfer);
}

/* ----- the end of it ----- */

static void fail(struct engine *e, struct transfer *t, uint16_t status, enum count why)
{
	callend(e, t->asked, why, status, NULL);
}

static uint16_t outcome(const struct call *asked, uint16_t status)
{
	for (const struct pass *p = asked->passes; p; p = p->next)
		if (p->setup && p->best.status)
			status = p->best.status;
	/* A challenge is for us: the transferor can't answer it. */
	return status == 401 || status == 407 ? 403 : status >= 300 ? status : 487;
}

static bool is_deserted(const struct call *c)
{
	return c->leg[SIDE_A]->state == LEG_ENDED || c->leg[SIDE_B]->state == LEG_ENDED;
}

/* The calls go on as they were, where there are two in them who agree with each other on a session. */
static void asked_is_over(struct engine *e, struct transfer *t, uint16_t status)
{
	struct call *lost = t->rest.moved || is_deserted(t->call) ? t->call : NULL;
	struct call *other = t->other && (t->offered || is_deserted(t->other)) ? t->other : NULL;

	referral_tell(e, &t->referral, outcome(t->asked, status));
	forget(&t->asked);
	if (!t->out)
		drop(e, t);
	if (other)
		callend(e, other, COUNT_CALL_UNREACHABLE, 0, NULL);
	if (lost)
		callend(e, lost, COUNT_CALL_UNREACHABLE, 0, NULL);
}

void transfer_call_over(struct engine *e, struct call *c, uint16_t status)
{
	struct transfer *t = c->transfer;

	if (!t)
		return;
	if (t->out == c) /* nobody hears of it any more */
		t->out = NULL;
	if (t->asked == c) {
		asked_is_over(e, t, status);
		return;
	}
	if (t->asked)
		callend(e, t->asked, COUNT_CALL_CANCELLED, 487, NULL);
	if (!c->transfer)
		return;
	if (t->out) /* in another call */
		forget(t->call == c ? &t->call : &t->other);
	else
		drop(e, t);
}

/* ----- joining ----- */

static void join(struct engine *e, struct transfer *t)
{
	struct call *asked = t->asked, *other = t->other;
	struct leg *by = t->referral.by;

	referral_tell(e, &t->referral, 200);
	if (!other)
		core_count(&e->core, COUNT_CALL_ANSWERED);
	adopt(e, t->rest.leg, t->target, asked);
	drop(e, t);
	callend(e, asked, COUNT_CALL_TRANSFERRED, 0, NULL);
	if (other)
		callend(e, other, COUNT_CALL_TRANSFERRED, 0, NULL);
	leg_bye(e, by, (struct span){ 0 });
}

/* Of an offer of ours it has heard, and given its answer: it hears of another that differs. */
static void tell_target(struct engine *e, struct transfer *t, struct span answer, struct span sdp)
{
	bool own = t->target->early_offer;
	struct sip_msg m;

	leg_ack(e, t->target, own ? (struct span){ 0 } : sdp);
	if (own && sip_msg_index(answer, &m) == SIP_OK && !formats_all_taken(buf_span(t->rest.offer), media_sdp(&m)))
		reoffer_keep(e, t->target, &m, true);
}

static void on_rest_answer(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;
	struct transfer *t = w->user;
	struct call *c = t->rest.leg->call;

	if (rest_is_unusable(e, t->asked, a))
		return;
	tell_target(e, t, buf_span(w->message), a->sdp);
	if (t->other)
		t->other->invite = NULL;
	join(e, t);
	reoffer_begin(e, c);
}

/* A re-INVITE was answered that nothing can be made of any more. */
static void came_too_late(struct engine *e, struct transfer *t, struct call *c, uint16_t status)
{
	drop(e, t);
	if (status < 300) /* the session that was spoken of does not come */
		callend(e, c, COUNT_CALL_UNREACHABLE, 0, NULL);
}

static void on_rest_done(struct engine *e, struct own *o, uint16_t status, const struct sip_msg *m)
{
	struct transfer *t = own_user(o);

	t->out = NULL;
	if (!t->asked)
		came_too_late(e, t, own_leg(o)->call, status);
	else if (status < 300)
		rest_answered(e, &t->rest, t->asked, SIDE_A, m, on_rest_answer, t);
	else
		fail(e, t, status, COUNT_CALL_REJECTED);
}

static bool reinvite(struct engine *e, struct transfer *t, struct leg *l, struct span sdp, own_done_fn *done)
{
	struct own_request r = {
		.method = SIP_INVITE,
		.content_type = SPAN("application/sdp"),
		.body = sdp,
		.done = done,
		.user = t,
	};

	t->out = l->call;
	if (own_send(e, l, &r))
		return true;
	t->out = NULL;
	return false;
}

static void on_target_offer(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;
	struct transfer *t = w->user;

	if (rest_is_unusable(e, t->asked, a))
		return;
	t->rest.offer = buf_keep(&e->core.bufs, a->sdp);
	if (!t->rest.offer || !reinvite(e, t, t->rest.leg, buf_span(t->rest.offer), on_rest_done))
		fail(e, t, 500, COUNT_REFUSE_INTERNAL);
}

static void target_offered(struct engine *e, struct transfer *t, const struct sip_msg *m)
{
	struct call *asked = t->asked;

	if (!media_has_sdp(m))
		fail(e, t, 488, COUNT_REFUSE_SDP);
	else if (!media_offer(e, asked->leg[SIDE_B], asked->leg[SIDE_A], m, on_target_offer, t))
		fail(e, t, 503, COUNT_REFUSE_RELAY_GONE);
}

/* ----- a new call to the target ----- */

bool transfer_asks(const struct pass *p)
{
	return p->setup && p->made && !p->answered;
}

const struct leg *transfer_orderer(const struct pass *p)
{
	return p->made && p->call->transfer ? p->call->transfer->referral.by : p->from;
}

void transfer_progress(struct engine *e, struct branch *b, const struct sip_msg *m)
{
	struct leg *l = branch_leg(e, b, m);

	if (!l || l->state == LEG_ENDED)
		return;
	leg_learn_response(e, l, m);
	if (l->call->transfer)
		referral_tell(e, &l->call->transfer->referral, m->status);
}

void transfer_answered(struct engine *e, struct leg *target, const struct sip_msg *m)
{
	struct transfer *t = target->call->transfer;

	if (!t)
		return;
	t->target = target;
	target_offered(e, t, m);
}

static struct pass *make_pass(struct engine *e, struct call *c, struct span invite)
{
	struct pass *p = pass_new_own(c, c->leg[SIDE_A], SIP_INVITE);

	if (!p)
		return NULL;
	p->setup = true;
	p->made = buf_keep(&e->core.bufs, invite);
	return p->made ? p : NULL; /* calls_free() has it */
}

/* Its leg towards the caller stands for rest, in the session of the relay. */
static struct call *make_call(struct engine *e, const struct leg *rest, struct span to)
{
	struct call *c = calls_new(e);

	if (!c)
		return NULL;
	c->kind = CALL_INVITE;
	adopt_stand_in(e, c->leg[SIDE_A], rest);
	c->from = buf_keep(&e->core.bufs, buf_span(rest->remote));
	c->to = buf_keep(&e->core.bufs, to);
	if (c->from && c->to)
		return c;
	calls_free(e, c);
	return NULL;
}

static struct transfer *make(struct engine *e, struct leg *by, const struct sip_msg *refer, struct span to)
{
	struct transfer *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->asked = make_call(e, by->peer, to);
	if (!t->asked) {
		free(t);
		return NULL;
	}
	t->call = by->call;
	t->rest.leg = by->peer;
	referral_init(&t->referral, by, refer);
	t->call->transfer = t->asked->transfer = t;
	return t;
}

static struct identity identity_of(const struct leg *l)
{
	return (struct identity){
		.kind = l->trunk >= 0 ? IDENTITY_TRUNK : IDENTITY_PHONE,
		.trunk = l->trunk,
		.realm = l->flow.realm,
	};
}

/* Who may not call there, may not send others there. */
static uint16_t find_way(struct engine *e, const struct leg *by, const struct sip_msg *invite, struct route *out,
			 enum count *why)
{
	struct identity who = identity_of(by);
	uint16_t status = replaced_route(e, invite, &who, out, why);

	if (!status && span_istarts(invite->uri, SPAN("sips:"))) {
		sips_filter(out);
		*why = COUNT_REFUSE_NOT_SECURE;
		status = out->n ? 0 : 480;
	}
	if (status >= 300 && status < 400) /* a route that redirects: we can't send the transferor elsewhere */
		status = 480;
	if (!status && e->draining) {
		*why = COUNT_REFUSE_CALL_LIMIT;
		status = 503;
	}
	return status;
}

static void abandon(struct engine *e, struct transfer *t)
{
	struct call *asked = t->asked;

	drop(e, t);
	calls_free(e, asked);
}

/* The way is found before anything is promised. */
static void begin_blind(struct engine *e, struct leg *by, struct txn *in, const struct sip_msg *refer,
			const struct sip_msg *invite)
{
	struct route route;
	enum count why = COUNT_REFUSE_CALL_LIMIT;
	uint16_t status = find_way(e, by, invite, &route, &why);
	struct transfer *t = status ? NULL : make(e, by, refer, route.target[0].leg.to);
	struct pass *p = t ? make_pass(e, t->asked, invite->raw) : NULL;

	if (!p) {
		if (t)
			abandon(e, t);
		refuse(e, in, status ? status : 503, why, invite->uri);
		return;
	}
	core_count(&e->core, COUNT_CALL_STARTED);
	referral_accept(e, &t->referral, in, refer);
	fork_begin(e, p, &route, invite);
}

/* ----- the target is in a call with the transferor ----- */

static void on_target_done(struct engine *e, struct own *o, uint16_t status, const struct sip_msg *m)
{
	struct transfer *t = own_user(o);

	t->out = NULL;
	if (!t->asked) {
		came_too_late(e, t, own_leg(o)->call, status);
		return;
	}
	if (status >= 300) {
		fail(e, t, status, COUNT_CALL_REJECTED);
		return;
	}
	t->offered = true;
	own_keep_ack(o);
	target_offered(e, t, m);
}

/* The leg to the target, where it can be joined as it is. */
static struct leg *consulted(const struct engine *e, const struct leg *by, const struct sip_msg *invite)
{
	struct leg *l = NULL;

	if (replaced_of(e, invite, &l) != REPLACED_FOUND || l->call == by->call || l->call->transfer ||
	    l->call->takeover || l->call->state != CALL_UP || l->state != LEG_CONFIRMED ||
	    l->peer->state != LEG_CONFIRMED)
		return NULL;
	return l;
}

static void begin_attended(struct engine *e, struct leg *by, struct txn *in, const struct sip_msg *refer,
			   struct leg *target)
{
	struct transfer *t = make(e, by, refer, buf_span(target->remote));

	if (!t) {
		refuse(e, in, 503, COUNT_REFUSE_CALL_LIMIT, (struct span){ 0 });
		return;
	}
	t->target = target;
	t->other = target->call;
	t->other->transfer = t;
	adopt_stand_in(e, t->asked->leg[SIDE_B], target);
	core_count(&e->core, COUNT_CALL_STARTED);
	referral_accept(e, &t->referral, in, refer);
	if (!reinvite(e, t, target, (struct span){ 0 }, on_target_done))
		fail(e, t, 500, COUNT_REFUSE_INTERNAL);
}

/* ----- */

void transfer_begin(struct engine *e, struct leg *by, struct txn *in, const struct sip_msg *m)
{
	char text[INVITE_MAX];
	struct writer w = writer_over(text, sizeof(text));
	struct sip_msg invite;
	struct leg *target;

	if (by->call->transfer || by->call->takeover || by->call->state != CALL_UP ||
	    by->peer->state != LEG_CONFIRMED) {
		refuse(e, in, 491, COUNT_REFUSE_GLARE, (struct span){ 0 });
		return;
	}
	if (referred_write(&w, by, m) || sip_msg_index(writer_done(&w), &invite) != SIP_OK) {
		refuse(e, in, 403, COUNT_REFUSE_TRANSFER, sip_msg_value(m, SIP_HDR_REFER_TO));
		return;
	}
	target = consulted(e, by, &invite);
	if (target)
		begin_attended(e, by, in, m, target);
	else
		begin_blind(e, by, in, m, &invite);
}

/* ----- while it lasts ----- */

bool transfer_outlives(struct leg *l)
{
	const struct transfer *t = l->call->transfer;

	if (!t || !t->asked || (l != t->referral.by && !(t->other && l == t->target->peer)))
		return false;
	l->state = LEG_ENDED;
	return true;
}

bool transfer_holds(const struct leg *l)
{
	const struct transfer *t = l->call->transfer;

	return t && (l->call == t->asked || l->peer->state == LEG_ENDED);
}

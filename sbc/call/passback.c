/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/passback.h"

#include "alg/sip/cseq.h"
#include "alg/sip/nameaddr.h"
#include "sbc/base/kept.h"
#include "sbc/call/callend.h"
#include "sbc/call/leg.h"
#include "sbc/call/pass.h"
#include "sbc/call/provisional.h"
#include "sbc/call/refresh.h"
#include "sbc/call/setup.h"
#include "sbc/call/stray.h"
#include "sbc/engine/respond.h"
#include "sbc/fork/early.h"
#include "sbc/fork/fork.h"
#include "sbc/identity/leakcheck.h"
#include "sbc/media/media.h"
#include "sbc/offer/ownoffer.h"
#include "sbc/offer/reliable.h"
#include "sbc/offer/reoffer.h"
#include "sbc/offer/settled.h"
#include "sbc/registrar/edge_call.h"
#include "sbc/store/callkeep.h"
#include "sbc/transfer/crossing.h"
#include "sbc/transfer/transfer.h"

enum { RAISES = 3 }; /* a peer that always wants longer sessions */

static bool request_of(const struct pass *p, struct sip_msg *out)
{
	return p->in && kept_read(p->in->request, out);
}

/* request: the one that p answers. */
static void compose(struct engine *e, struct leg *l, const struct sip_msg *request, const struct sip_msg *m,
		    struct span sdp, struct span own, struct answer *out)
{
	struct answer a = {
		.status = m->status,
		.to_tag = buf_span(l->local_tag),
		.body = span_is_set(sdp) ? crossing_session(e, l, m, sdp) : crossing_body(e, l, m),
	};
	char text[512];
	struct writer lines = writer_over(text, sizeof(text));

	if (!span_is_set(a.body))
		a.body = sip_msg_body(m);
	if (!leakcheck_body_passes(e, l, m, a.body))
		a.body = (struct span){ 0 };
	writer_put(&lines, own);
	if (a.body.n && !sip_msg_body(m).n) /* it was said before, in another message */
		writer_put(&lines, SPAN("Content-Type: application/sdp\r\n"));
	a.lines = leg_response_lines(e, l, request, m, m->status, a.body.n > 0, writer_done(&lines));
	*out = a;
}

bool passback_compose(struct engine *e, struct pass *p, struct leg *l, const struct sip_msg *m, struct span sdp,
		      struct span own, struct answer *out)
{
	struct sip_msg request;

	if (!request_of(p, &request))
		return false;
	compose(e, l, &request, m, sdp, own, out);
	return true;
}

void passback_send(struct engine *e, struct pass *p, struct leg *l, const struct sip_msg *m, struct span sdp)
{
	bool invite_ok = p->method == SIP_INVITE && m->status < 300 && m->status >= 200;
	char text[REFRESH_LINES_MAX];
	struct writer own = writer_over(text, sizeof(text));
	struct sip_msg request;
	struct answer a;

	if (!request_of(p, &request))
		return;
	if (m->status / 100 == 2)
		refresh_answer(e, l, &request, m, &own);
	compose(e, l, &request, m, sdp, writer_done(&own), &a);
	a.request = &request;
	if (p->method == SIP_INVITE && m->status >= 200)
		reliable_end(e, p);
	/* Before it is sent: sending releases the request, and the ACK may come at once. */
	if (invite_ok) {
		const struct cseq *cseq = sip_msg_cseq(&request);

		if (cseq)
			l->invite_cseq = cseq->number;
		l->state = LEG_CONFIRMED;
	} else if (p->setup && m->status < 200 && l->state == LEG_NEW) {
		l->state = LEG_EARLY;
	}
	if (span_is_set(sdp) && sdp.n)
		refresh_said(e, l, sdp);
	respond(e, p->in, &a);
	if (invite_ok && p->in)
		leg_answer_start(e, l, buf_span(p->in->sent));
}

static void call_is_up(struct engine *e, struct call *c)
{
	c->state = CALL_UP;
	c->answered_at = core_now(&e->core);
	core_count(&e->core, COUNT_CALL_ANSWERED);
}

/* ----- 2xx ----- */

/* The answer can't be used, or the caller went away while the relay was asked: the other side is taken down again. */
static void undo_success(struct engine *e, struct pass *p, struct leg *l, uint16_t status, enum count why)
{
	struct call *c = p->call;

	if (l->ack_owed)
		leg_ack(e, l, (struct span){ 0 });
	/* A session changed on one side only can't be repaired by us: both are told it is over. */
	passback_status(e, p, status, why);
	callend(e, c, why, status, NULL);
}

/* The last NOTIFY overtook the 2xx of its SUBSCRIBE, as that of a fetch does (RFC 6665 4.4.1): the subscription ends
 * with that one then. */
static bool leaves_end_to_subscribe(const struct pass *notify)
{
	for (struct pass *p = notify->call->passes; p; p = p->next)
		if (p->method == SIP_SUBSCRIBE && !p->answered)
			return p->ends = true;
	return false;
}

static void deliver_success(struct engine *e, struct pass *p, const struct sip_msg *m, struct span sdp)
{
	struct call *c = p->call;
	struct leg *to = p->setup ? c->leg[SIDE_A] : p->from;

	if (p->method == SIP_INVITE && reliable_holds(e, p, to, m, sdp))
		return;
	passback_send(e, p, to, m, sdp);
	if (p->setup && c->kind == CALL_INVITE && c->state == CALL_SETUP)
		call_is_up(e, c);
	else if (!p->setup)
		callkeep_changed(e, c);
	if (p->method == SIP_INVITE)
		return;
	bool over = c->kind == CALL_REQUEST || (p->ends && !leaves_end_to_subscribe(p));

	pass_free(e, p);
	if (over)
		callend(e, c, COUNT_CALL_HUNGUP, 0, NULL);
	else if (c->kind == CALL_SUBSCRIPTION)
		setup_subscription_answered(e, c, m);
}

void passback_success(struct engine *e, struct pass *p, const struct sip_msg *m, struct span sdp)
{
	deliver_success(e, p, m, sdp);
}

/* The leg whose 2xx it is. */
static struct leg *answerer(const struct pass *p)
{
	return p->setup ? p->call->leg[side_other((enum side)p->from->side)] : p->winner->to;
}

static void on_answer_committed(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;
	struct pass *p = w->user;
	enum count why;
	struct sip_msg m;

	if (!a || !a->sdp.n) {
		uint16_t status = media_refusal(a, &why);

		undo_success(e, p, answerer(p), status, why);
		return;
	}
	if (!kept_read(w->message, &m))
		return;
	deliver_success(e, p, &m, settled_told(e, p, answerer(p), &m, a->sdp));
}

/* 2xx again: our ACK was lost, or another phone picked up too (F6). */
static void repeated_success(struct engine *e, struct branch *b, const struct sip_msg *m)
{
	struct pass *p = b->pass;
	struct leg *l;

	if (p->method != SIP_INVITE)
		return;
	l = p->winner == b ? answerer(p) : NULL;
	if (l && span_eq(sip_msg_to_tag(m), buf_span(l->remote_tag)))
		leg_ack_again(e, l);
	else
		stray_end(e, &b->out->flow, m);
}

/* C2: a 2xx crossed our CANCEL, or the BYE that ended the call. */
static void end_late(struct engine *e, struct leg *l)
{
	if (l->ack_owed) {
		leg_ack(e, l, (struct span){ 0 });
		leg_bye(e, l, (struct span){ 0 });
	}
	callend_look(e, l->call);
}

/* What the 2xx says about the session goes through the relay; without a session, straight back. */
static void commit(struct engine *e, struct pass *p, struct leg *l, const struct sip_msg *m)
{
	struct leg *to = l->peer;
	struct span sdp = { 0 };
	bool asked;

	if (p->method != SIP_INVITE && p->method != SIP_UPDATE && !p->offered) {
		/* The subscriber's peer is a dialog from now on, for NOTIFYs from us too. */
		if (p->setup)
			to->state = LEG_CONFIRMED;
		deliver_success(e, p, m, media_has_sdp(m) ? SPAN("") : (struct span){ 0 });
		return;
	}
	switch (settled_by(e, p, l, m, &sdp)) {
	case SETTLED_BEFORE:
		deliver_success(e, p, m, sdp);
		return;
	case SETTLED_UNUSABLE:
		undo_success(e, p, l, 488, COUNT_REFUSE_SDP);
		return;
	case SETTLED_NOT:
		break;
	}
	p->call->late_offer = !p->offered;
	asked = p->offered ? media_answer(e, l, to, m, on_answer_committed, p)
			   : media_offer(e, l, to, m, on_answer_committed, p);
	if (!asked)
		undo_success(e, p, l, 503, COUNT_REFUSE_RELAY_GONE);
}

static void success(struct engine *e, struct branch *b, const struct sip_msg *m)
{
	struct pass *p = b->pass;
	struct call *c = p->call;
	struct leg *l = branch_leg(e, b, m);
	bool asks;

	/* A branch or dialog that we gave up, or one more than we can hold. */
	if (!l || (l->state == LEG_ENDED && p->method != SIP_PRACK)) {
		if (p->method == SIP_INVITE)
			stray_end(e, &b->out->flow, m);
		if (p->setup)
			fork_unwanted(e, b);
		callend_look(e, c);
		return;
	}
	asks = transfer_asks(p);
	p->answered = true;
	p->winner = b;
	wheel_del(&e->core.wheel, &b->ring);
	if (p->setup || p->method == SIP_INVITE || p->method == SIP_UPDATE)
		leg_learn_response(e, l, m);
	refresh_accepted(e, l, b, m);
	l->ack_owed |= p->method == SIP_INVITE;
	if (c->state == CALL_OVER) {
		end_late(e, l);
		return;
	}
	if (asks) {
		fork_won(e, b, l);
		transfer_answered(e, l, m);
		return;
	}
	if (pass_is_answered(p) && (p->method == SIP_INVITE || p->offered)) {
		/* We gave up on this re-INVITE before it was accepted: the two sides no longer agree on the session. */
		undo_success(e, p, l, 0, COUNT_CALL_NO_ANSWER);
		return;
	}
	if (p->setup) {
		early_show(e, p, l);
		fork_won(e, b, l);
	}
	commit(e, p, l, m);
}

/* ----- 3xx to 6xx ----- */

/* What the caller may be told. A challenge is for credentials that the caller does not have; a redirection would show
 * him where the other side lives; another's overload is not his to back off from (RFC 3261 16.7 step 6). */
static uint16_t status_across(uint16_t status)
{
	if (status == 401 || status == 407)
		return 403;
	if (status == 422) /* about a timer that we asked for */
		return 500;
	if (status < 400)
		return 480;
	return best_response_outward(status);
}

/* Such a 481 tells that a subscription, or a reliable response, is not known (RFC 5057 5.1, RFC 3262 3): the call that
 * it belongs to goes on. */
static bool is_of_call(const struct pass *p)
{
	bool subscription = p->method == SIP_SUBSCRIBE || p->method == SIP_NOTIFY;

	return p->method != SIP_PRACK && !(subscription && p->call->kind == CALL_INVITE);
}

static bool changes_session(const struct pass *p)
{
	return p->method == SIP_INVITE || p->method == SIP_UPDATE;
}

/* Whose refusal goes back. */
static const struct leg *asked_of(const struct pass *p)
{
	return p->best_from ? p->best_from->to : p->branches ? p->branches->to : p->from->peer;
}

/* Then the log said already what is wrong with them. */
static bool asks_our_credentials(const struct engine *e, const struct pass *p)
{
	return p->branches && credentials_has(e, asked_of(p)->trunk);
}

static void tell_of_challenge(const struct engine *e, const struct pass *p, uint16_t status)
{
	int trunk = p->branches ? asked_of(p)->trunk : -1;

	if (trunk < 0) {
		log_warn(&e->core.log,
			 "call %s: the phone that was called asks for a password (%u), which no phone gets",
			 p->call->id, status);
		return;
	}
	log_warn(&e->core.log,
		 "call %s: %s asks for a password (%u), and the configuration has none for it (trunks.%s.auth)",
		 p->call->id, e->core.conf->trunks[trunk].name, status, e->core.conf->trunks[trunk].name);
}

void passback_refusal(struct engine *e, struct pass *p, const struct sip_msg *m)
{
	struct sip_msg changed = *m;

	if (edge_pass_challenge(e, p, asked_of(p), m))
		return;
	/* RFC 4320 4.2: it says what its sender has found out by itself, and too late. */
	if (m->status == 408 && p->method != SIP_INVITE) {
		txn_detach(p->in);
		p->in = NULL;
		return;
	}
	changed.status = status_across(m->status);
	if (!pass_is_answered(p))
		passback_send(e, p, p->from, &changed, media_has_sdp(m) ? SPAN("") : (struct span){ 0 });
	if ((m->status == 401 || m->status == 407) && !asks_our_credentials(e, p))
		tell_of_challenge(e, p, m->status);
}

/* Inside of a dialog. */
static void failure(struct engine *e, struct branch *b, const struct sip_msg *m)
{
	struct pass *p = b->pass;
	struct call *c = p->call;
	struct leg *other = b->to;
	bool unknown = m->status == 481 && is_of_call(p), gone = unknown || (m->status == 408 && changes_session(p));

	p->answered = true;
	wheel_del(&e->core.wheel, &b->ring);
	if (p->offered && c->state != CALL_OVER)
		media_rollback(e, p->from);
	passback_refusal(e, p, m);
	pass_free(e, p);
	/* R3: who does not know the dialog needs no BYE, who was only slow does. */
	if (gone && !early_ended(e, other))
		callend(e, c, unknown ? COUNT_CALL_GONE : COUNT_CALL_SILENT, 0, unknown ? other : NULL);
	callend_look(e, c);
}

/* Once more, as that place wants it, which the other side need not hear of: with a longer session interval (T2), with
 * reliable responses (P1), with credentials (A2). */
static bool is_sent_again(struct engine *e, struct branch *b, const struct sip_msg *m)
{
	struct pass *p = b->pass;
	struct sip_msg request;

	if (p->answered || b->cancelled || (p->setup && b->to->state != LEG_NEW) ||
	    sip_msg_index(pass_request(p), &request) != SIP_OK)
		return false;
	if (b->raised < RAISES && refresh_raises(b->to, &b->asked, m))
		b->raised++;
	else if (!leg_answers_challenge(e, b->to, &b->out->flow, m, &b->asked_who) &&
		 !reliable_insists(e, b, m, &request))
		return false;
	branch_reset(e, b);
	pass_branch(e, b, &request);
	return true;
}

static void on_final(struct engine *e, struct branch *b, const struct sip_msg *m)
{
	if (m->status < 300)
		credentials_accepted(e, b->to->trunk, &b->out->flow, m);
	if (is_sent_again(e, b, m))
		return;
	if (m->status < 300 && b->pass->answered)
		repeated_success(e, b, m);
	else if (m->status < 300)
		success(e, b, m);
	else if (b->pass->setup)
		fork_failed(e, b, m, COUNT_CALL_REJECTED);
	else
		failure(e, b, m);
}

/* ----- our own judgement ----- */

void passback_status(struct engine *e, struct pass *p, uint16_t status, enum count why)
{
	struct answer a = {
		.status = status,
		.lines = respond_lines(status, why),
		.to_tag = buf_span(p->from->local_tag),
	};
	struct txn *in = p->in;

	if (!in || pass_is_answered(p))
		return;
	respond(e, in, &a);
}

/* A request in a dialog that nobody answered. */
static void unanswered(struct engine *e, struct branch *b)
{
	struct pass *p = b->pass;
	struct call *c = p->call;
	struct leg *other = b->to;
	bool lost = b->status == 503, gone = changes_session(p) && !lost;

	if (p->offered && c->state != CALL_OVER)
		media_rollback(e, p->from);
	/* Who has lost his connection may come back by another (RFC 3261 8.1.3.1). */
	if (lost)
		passback_status(e, p, 503, COUNT_CALL_UNREACHABLE);
	/* RFC 4320 4.2: a non-INVITE request that nobody answered is not answered 408: its sender knows by itself. */
	if (p->method == SIP_INVITE)
		passback_status(e, p, 408, COUNT_CALL_NO_ANSWER);
	pass_free(e, p);
	if (gone && !early_ended(e, other)) /* R3 */
		callend(e, c, COUNT_CALL_SILENT, 0, NULL);
	callend_look(e, c);
}

/* Of a re-INVITE that rings too long, that is all: its own final response, or the lack of one, tells how the call goes
 * on. */
static void rang_out(struct engine *e, struct branch *b)
{
	struct pass *p = b->pass;

	if (!p->setup) {
		passback_status(e, p, 408, COUNT_CALL_NO_ANSWER);
		pass_give_up(e, p, (struct span){ 0 });
		return;
	}
	branch_cancel(e, b, (struct span){ 0 });
	b->status = 408;
	fork_failed(e, b, NULL, COUNT_CALL_NO_ANSWER);
}

static void on_ended(struct engine *e, struct branch *b, enum branch_end why)
{
	struct pass *p = b->pass;
	bool open = branch_is_open(b);

	if (why == BRANCH_RANG_OUT) {
		rang_out(e, b);
		return;
	}
	if (!open || (p->answered && !p->setup)) {
		pass_look(e, p);
		return;
	}
	b->status = why == BRANCH_UNREACHABLE ? 503 : why == BRANCH_CANCELLED ? 487 : 408;
	if (p->setup)
		fork_failed(e, b, NULL, COUNT_CALL_UNREACHABLE);
	else
		unanswered(e, b);
}

static void on_gone(struct engine *e, struct branch *b)
{
	pass_look(e, b->pass);
}

const struct branch_ops passback_ops = {
	.provisional = provisional_received,
	.final = on_final,
	.ended = on_ended,
	.gone = on_gone,
};

/* ----- ACK ----- */

static void on_late_answer(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;
	struct leg *l = w->user;

	if (a && a->sdp.n) {
		leg_ack(e, l, a->sdp);
		return;
	}
	callend(e, l->call, a ? COUNT_REFUSE_SDP : COUNT_REFUSE_RELAY_GONE, 0, NULL);
}

/* An offer without an answer is no session (RFC 3261 13.2.1), whichever side owed it: nothing would ever end it. */
static bool has_no_session(const struct call *c)
{
	return c->late_offer || (c->media && !c->joined && !reoffer_is_due(c));
}

void passback_ack(struct engine *e, struct leg *l, const struct sip_msg *m)
{
	struct call *c = l->call;
	struct leg *other = l->peer;
	bool answer_in_ack = c->late_offer && media_has_sdp(m);

	leg_acked(e, l);
	if (l->bye_due)
		leg_bye(e, l, (struct span){ 0 });
	if (c->invite && c->invite->method == SIP_INVITE && c->invite->answered)
		c->invite = NULL;
	callend_look(e, c);
	callkeep_answered(e, c);
	if (!other->ack_owed || c->state == CALL_OVER)
		return;
	if (answer_in_ack && other->early_offer) {
		c->late_offer = false;
		ownoffer_acked(e, l, other, m);
		reoffer_begin(e, c);
		return;
	}
	if (answer_in_ack && media_answer(e, l, other, m, on_late_answer, other)) {
		c->late_offer = false;
		return;
	}
	if (reoffer_completes(l)) {
		reoffer_begin(e, c);
		return;
	}
	leg_ack(e, other, (struct span){ 0 });
	if (has_no_session(c))
		callend(e, c, COUNT_REFUSE_SDP, 0, NULL);
	reoffer_begin(e, c);
}

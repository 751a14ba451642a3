/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/passback.h"

#include "alg/sip/cseq.h"
#include "alg/sip/nameaddr.h"
#include "sbc/callend.h"
#include "sbc/leg.h"
#include "sbc/media.h"
#include "sbc/pass.h"
#include "sbc/respond.h"
#include "sbc/setup.h"
#include "sbc/stray.h"

/* The response on the incoming leg; sdp absent: the body as it came. Returns what was sent, in core.out_text. */
static void send_back(struct engine *e, struct pass *p, const struct sip_msg *m, struct span sdp)
{
	struct leg *l = &p->call->leg[p->from];
	struct answer a = { .status = m->status, .to_tag = buf_span(l->local_tag) };
	bool invite_ok = p->method == SIP_INVITE && m->status < 300 && m->status >= 200;
	struct sip_msg request;

	if (!p->in || !p->in->request || sip_msg_index(buf_span(p->in->request), &request) != SIP_OK)
		return;
	a.body = span_is_set(sdp) ? sdp : sip_msg_body(m);
	a.lines = leg_response_lines(e, l, &request, m, m->status, a.body.n > 0);
	/* Before it is sent: sending releases the request, and the ACK may come at once. */
	if (invite_ok) {
		struct cseq cseq;

		if (cseq_parse(sip_msg_value(&request, SIP_HDR_CSEQ), &cseq) == 0)
			l->invite_cseq = cseq.number;
		l->state = LEG_CONFIRMED;
	} else if (p->setup && m->status < 200 && l->state == LEG_NEW) {
		l->state = LEG_EARLY;
	}
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

/* ----- 18x ----- */

static void on_preview(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;
	struct pass *p = w->user;
	struct sip_msg m;

	/* A final response overtook it, or the relay can't use this SDP: 18x are only previews (O2). */
	if (p->answered || p->cancelled || sip_msg_index(buf_span(w->message), &m) != SIP_OK)
		return;
	send_back(e, p, &m, a && a->sdp.n ? a->sdp : SPAN(""));
}

void passback_provisional(struct engine *e, struct pass *p, const struct sip_msg *m)
{
	if (p->method != SIP_INVITE || p->answered)
		return;
	pass_ring_restart(e, p);
	if (p->setup)
		leg_learn_response(e, &p->call->leg[side_other(p->from)], m);
	/* Of a re-INVITE the session in force stays until the final answer: it must be there to go back to (R2). */
	if (p->setup && p->offered && media_has_sdp(m) &&
	    media_answer(e, p->call, side_other(p->from), m, on_preview, p))
		return;
	send_back(e, p, m, media_is_foreign(m) || media_has_sdp(m) ? SPAN("") : (struct span){ 0 });
}

/* ----- 2xx ----- */

/* The answer can't be used, or the caller went away while the relay was asked: the other side is taken down again. */
static void undo_success(struct engine *e, struct pass *p, uint16_t status, enum count why)
{
	struct call *c = p->call;
	struct leg *l = &c->leg[side_other(p->from)];

	if (l->ack_owed)
		leg_ack(e, l, (struct span){ 0 });
	/* A session changed on one side only can't be repaired by us: both are told it is over. */
	passback_status(e, p, status);
	callend(e, c, why, status, NULL);
}

static void deliver_success(struct engine *e, struct pass *p, const struct sip_msg *m, struct span sdp)
{
	struct call *c = p->call;

	send_back(e, p, m, sdp);
	if (p->setup && c->kind == CALL_INVITE && c->state == CALL_SETUP)
		call_is_up(e, c);
	if (p->method == SIP_UPDATE && c->invite == p)
		c->invite = NULL;
	if (p->method == SIP_INVITE)
		return;
	bool over = c->kind == CALL_REQUEST || p->ends;

	pass_free(e, p);
	if (over)
		callend(e, c, COUNT_CALL_HUNGUP, 0, NULL);
	else if (c->kind == CALL_SUBSCRIPTION)
		setup_subscription_answered(e, c, m);
}

static void on_answer_committed(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;
	struct pass *p = w->user;
	enum count why;
	struct sip_msg m;

	if (!a || !a->sdp.n) {
		uint16_t status = media_refusal(a, &why);

		undo_success(e, p, status, why);
		return;
	}
	if (sip_msg_index(buf_span(w->message), &m) == SIP_OK)
		deliver_success(e, p, &m, a->sdp);
}

/* 2xx again: our ACK was lost, or another phone behind a forking proxy picked up too (F6). */
static void repeated_success(struct engine *e, struct pass *p, const struct sip_msg *m)
{
	struct leg *l = &p->call->leg[side_other(p->from)];

	if (p->method != SIP_INVITE)
		return;
	if (span_eq(nameaddr_tag(sip_msg_value(m, SIP_HDR_TO)), buf_span(l->remote_tag))) {
		leg_ack_again(e, l);
		return;
	}
	stray_end(e, &p->out->flow, m);
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

static void success(struct engine *e, struct pass *p, const struct sip_msg *m)
{
	struct call *c = p->call;
	enum side from = side_other(p->from);
	struct leg *l = &c->leg[from];
	bool asked;

	p->answered = true;
	wheel_del(&e->core.wheel, &p->ring);
	if (p->setup || p->method == SIP_INVITE || p->method == SIP_UPDATE)
		leg_learn_response(e, l, m);
	l->ack_owed |= p->method == SIP_INVITE;
	if (c->state == CALL_OVER) {
		end_late(e, l);
		return;
	}
	if (pass_is_answered(p)) {
		/* We gave up on this re-INVITE before it was accepted: the two sides no longer agree on the session. */
		undo_success(e, p, 0, COUNT_CALL_NO_ANSWER);
		return;
	}
	if (p->method != SIP_INVITE && p->method != SIP_UPDATE) {
		/* The subscriber's peer is a dialog from now on, for NOTIFYs from us too. */
		if (p->setup)
			c->leg[p->from].state = LEG_CONFIRMED;
		deliver_success(e, p, m, media_has_sdp(m) ? SPAN("") : (struct span){ 0 });
		return;
	}
	if (!media_has_sdp(m) || (!p->offered && p->method != SIP_INVITE)) {
		deliver_success(e, p, m, SPAN(""));
		return;
	}
	c->late_offer = !p->offered;
	asked = p->offered ? media_answer(e, c, from, m, on_answer_committed, p)
			   : media_offer(e, c, from, m, on_answer_committed, p);
	if (!asked)
		undo_success(e, p, 503, COUNT_REFUSE_RELAY_GONE);
}

/* ----- 3xx to 6xx ----- */

/* What the caller may be told. A challenge is for credentials that the caller does not have; a redirection would show
 * him where the other side lives; another's overload is not his to back off from (RFC 3261 16.7 step 6). */
static uint16_t status_across(uint16_t status)
{
	if (status == 401 || status == 407)
		return 403;
	if (status < 400)
		return 480;
	return status == 503 ? 500 : status;
}

static bool changes_session(const struct pass *p)
{
	return p->method == SIP_INVITE || p->method == SIP_UPDATE;
}

static void failure(struct engine *e, struct pass *p, const struct sip_msg *m)
{
	struct call *c = p->call;
	struct leg *other = &c->leg[side_other(p->from)];
	struct sip_msg changed = *m;
	bool setup = p->setup, unknown = m->status == 481;
	bool gone = !setup && (unknown || (m->status == 408 && changes_session(p)));

	p->answered = true;
	wheel_del(&e->core.wheel, &p->ring);
	if (p->offered && !setup && c->state != CALL_OVER)
		media_rollback(e, c, (enum side)p->from);
	changed.status = status_across(m->status);
	if (!pass_is_answered(p))
		send_back(e, p, &changed, media_has_sdp(m) ? SPAN("") : (struct span){ 0 });
	if (m->status == 401 || m->status == 407)
		log_warn(&e->core.log, "call %s: the other side asked for credentials (%u) and none are configured",
			 c->id, m->status);
	pass_free(e, p);
	if (setup)
		callend(e, c, COUNT_CALL_REJECTED, 0, other);
	else if (gone) /* R3: who does not know the dialog needs no BYE, who was only slow does. */
		callend(e, c, COUNT_CALL_GONE, 0, unknown ? other : NULL);
	callend_look(e, c);
}

void passback_final(struct engine *e, struct pass *p, const struct sip_msg *m)
{
	if (m->status >= 300)
		failure(e, p, m);
	else if (p->answered)
		repeated_success(e, p, m);
	else
		success(e, p, m);
}

void passback_status(struct engine *e, struct pass *p, uint16_t status)
{
	struct answer a = { .status = status, .to_tag = buf_span(p->call->leg[p->from].local_tag) };
	struct txn *in = p->in;

	if (!in || pass_is_answered(p))
		return;
	respond(e, in, &a);
}

void passback_timeout(struct engine *e, struct pass *p)
{
	struct call *c = p->call;
	bool setup = p->setup, gone = changes_session(p);
	struct leg *other = &c->leg[side_other(p->from)];

	if (p->answered) /* of our ICT after a final response: nothing is owed */
		return;
	if (p->offered && !setup && c->state != CALL_OVER)
		media_rollback(e, c, (enum side)p->from);
	/* RFC 4320 4.2: a non-INVITE request that nobody answered is not answered 408: its sender knows by itself. */
	if (p->method == SIP_INVITE)
		passback_status(e, p, 408);
	pass_free(e, p);
	if (setup)
		callend(e, c, COUNT_CALL_UNREACHABLE, 408, other);
	else if (gone) /* R3 */
		callend(e, c, COUNT_CALL_GONE, 0, NULL);
	callend_look(e, c);
}

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

void passback_ack(struct engine *e, struct leg *l, const struct sip_msg *m)
{
	struct call *c = l->call;
	struct leg *other = &c->leg[side_other((enum side)l->side)];
	bool answer_in_ack = c->late_offer && media_has_sdp(m);

	leg_acked(e, l);
	if (l->bye_due)
		leg_bye(e, l, (struct span){ 0 });
	if (c->invite && c->invite->method == SIP_INVITE && c->invite->answered)
		c->invite = NULL;
	callend_look(e, c);
	if (!other->ack_owed || c->state == CALL_OVER)
		return;
	if (answer_in_ack && media_answer(e, c, (enum side)l->side, m, on_late_answer, other)) {
		c->late_offer = false;
		return;
	}
	leg_ack(e, other, (struct span){ 0 });
	/* An offer without an answer is no session (RFC 3261 13.2.1). */
	if (c->late_offer)
		callend(e, c, COUNT_REFUSE_SDP, 0, NULL);
}

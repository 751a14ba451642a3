/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/leg.h"

#include <stddef.h>

#include "sbc/base/kept.h"
#include "sbc/call/callend.h"
#include "sbc/call/refresh.h"
#include "sbc/media/media.h"
#include "sbc/transfer/crossing.h"

static struct span new_branch(struct engine *e, char text[TOKEN_BRANCH_LEN])
{
	struct writer w = writer_over(text, TOKEN_BRANCH_LEN);

	txn_branch_write(&e->core, &w);
	return writer_done(&w);
}

static void send_bye(struct engine *e, struct leg *l, struct span reason);

static void send_bye_again(struct engine *e, struct leg *l, const struct txn *before)
{
	char text[512];
	struct writer w = writer_over(text, sizeof(text));
	struct sip_msg m;

	if (sip_msg_index(buf_span(before->sent), &m) == SIP_OK && sip_msg_has(&m, SIP_HDR_REASON)) {
		writer_put(&w, SPAN("Reason: "));
		writer_put(&w, sip_msg_value(&m, SIP_HDR_REASON));
		writer_put(&w, SPAN("\r\n"));
	}
	send_bye(e, l, writer_done(&w));
}

static void on_bye_response(void *env, struct txn *t, const struct sip_msg *m)
{
	struct leg *l = t->user;
	struct engine *e = env;

	if (m->status < 200)
		return;
	txn_detach(t);
	l->bye = NULL;
	if (leg_answers_challenge(e, l, &t->flow, m, &l->bye_asked))
		send_bye_again(e, l, t);
	callend_look(env, l->call);
}

static void on_bye_ended(void *env, struct txn *t)
{
	struct leg *l = t->user;

	l->bye = NULL;
	callend_look(env, l->call);
}

static const struct txn_ops bye_ops = { .response = on_bye_response, .ended = on_bye_ended };

/* What the other side said along with its BYE: why, a body (RFC 3326, RFC 3372). */
static void add_farewell(struct engine *e, const struct leg *l, struct sip_msg *m, struct leg_request *r)
{
	if (!kept_read(l->farewell, m))
		return;
	r->original = m;
	r->body = media_has_sdp(m) ? SPAN("") : crossing_body(e, l, m);
}

static void send_bye(struct engine *e, struct leg *l, struct span reason)
{
	char branch[TOKEN_BRANCH_LEN];
	char lines[2048];
	struct writer w = writer_over(lines, sizeof(lines));
	struct leg_request r = {
		.method = SPAN("BYE"),
		.body = SPAN(""),
		.asked = &l->bye_asked,
	};
	struct sip_msg other;
	struct span text;

	writer_put(&w, reason);
	writer_put(&w, buf_span(l->proof));
	r.lines = writer_done(&w);
	l->state = LEG_ENDED;
	l->bye_due = false;
	add_farewell(e, l, &other, &r);
	r.cseq = leg_next_cseq(l);
	r.branch = new_branch(e, branch);
	text = leg_request_write(e, l, &r);
	if (text.n)
		l->bye = txn_client(&e->txns, SIP_BYE, &l->flow, r.branch, text, &bye_ops, l);
}

void leg_bye(struct engine *e, struct leg *l, struct span reason)
{
	if (l->state != LEG_CONFIRMED)
		return;
	if (timer_runs(&l->answer_timer))
		l->bye_due = true;
	else
		send_bye(e, l, reason);
}

void leg_farewell(struct engine *e, struct leg *l, const struct sip_msg *m)
{
	buf_drop(&e->core.bufs, l->farewell);
	l->farewell = kept_new(&e->core.bufs, m);
}

void leg_bye_early(struct engine *e, struct leg *l)
{
	if (l->state == LEG_EARLY && l->remote_tag)
		send_bye(e, l, (struct span){ 0 });
}

void leg_ack(struct engine *e, struct leg *l, struct span body)
{
	char branch[TOKEN_BRANCH_LEN];
	struct leg_request r = {
		.method = SPAN("ACK"),
		.cseq = l->invite_cseq,
		.content_type = SPAN("application/sdp"),
		.body = span_is_set(body) ? body : SPAN(""),
		.branch = new_branch(e, branch),
	};
	struct span text = leg_request_write(e, l, &r);

	l->ack_owed = l->early_offer = false;
	if (span_is_set(body))
		refresh_said(e, l, body);
	if (!text.n || buf_replace(&e->core.bufs, &l->ack, text))
		return;
	core_send(&e->core, &l->flow, text);
}

void leg_ack_again(struct engine *e, struct leg *l)
{
	/* While one is owed, what is kept belongs to an earlier INVITE. */
	if (l->ack && !l->ack_owed)
		core_send(&e->core, &l->flow, buf_span(l->ack));
}

void leg_drop_ack(struct engine *e, struct leg *l)
{
	buf_drop(&e->core.bufs, l->ack);
	l->ack = NULL;
}

/* ----- the 2xx we sent, until its ACK ----- */

static void on_answer_timer(struct timer *timer, void *ctx, uint64_t now);

static void await_ack(struct engine *e, struct leg *l, uint64_t now)
{
	uint64_t next = now + l->answer_interval;

	wheel_add(&e->core.wheel, &l->answer_timer, next < l->answer_deadline ? next : l->answer_deadline,
		  on_answer_timer);
}

static void on_answer_timer(struct timer *timer, void *ctx, uint64_t now)
{
	struct leg *l = (struct leg *)((char *)timer - offsetof(struct leg, answer_timer));
	struct engine *e = ctx;

	if (now >= l->answer_deadline) {
		/* RFC 3261 13.3.1.4: no ACK for 64*T1: the dialog is confirmed, but the session should end. */
		callend_no_ack(e, l);
		return;
	}
	core_send(&e->core, &l->flow, buf_span(l->answer));
	l->answer_interval = l->answer_interval * 2 < TXN_T2_MS ? l->answer_interval * 2 : TXN_T2_MS;
	await_ack(e, l, now);
}

void leg_answer_start(struct engine *e, struct leg *l, struct span response)
{
	uint64_t now = core_now(&e->core);

	l->answer_interval = TXN_T1_MS;
	l->answer_deadline = now + TXN_TIMEOUT_MS;
	if (buf_replace(&e->core.bufs, &l->answer, response) == 0)
		await_ack(e, l, now);
}

void leg_acked(struct engine *e, struct leg *l)
{
	wheel_del(&e->core.wheel, &l->answer_timer);
	buf_drop(&e->core.bufs, l->answer);
	l->answer = NULL;
}

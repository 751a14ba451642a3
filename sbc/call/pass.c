/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/pass.h"

#include <stdlib.h>

#include "alg/sip/nameaddr.h"
#include "sbc/base/kept.h"
#include "sbc/call/absorb.h"
#include "sbc/call/branch.h"
#include "sbc/call/callend.h"
#include "sbc/call/leg.h"
#include "sbc/call/own.h"
#include "sbc/call/passback.h"
#include "sbc/engine/respond.h"
#include "sbc/fork/fork.h"
#include "sbc/fork/hunt.h"
#include "sbc/media/media.h"
#include "sbc/offer/ownoffer.h"
#include "sbc/offer/prack.h"
#include "sbc/offer/reliable.h"
#include "sbc/registrar/edge_call.h"
#include "sbc/transfer/crossing.h"
#include "sbc/transfer/referid.h"

static const struct txn_ops in_ops;

static uint8_t hops_of(const struct sip_msg *m)
{
	uint32_t hops;

	return span_u32(sip_msg_value(m, SIP_HDR_MAX_FORWARDS), &hops) || hops > UINT8_MAX ? 0 : (uint8_t)hops;
}

struct pass *pass_new_own(struct call *c, struct leg *from, enum sip_method method)
{
	struct pass *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->call = c;
	p->from = from;
	p->method = (uint8_t)method;
	p->next = c->passes;
	if (p->next)
		p->next->link = &p->next;
	p->link = &c->passes;
	c->passes = p;
	return p;
}

struct pass *pass_new(struct call *c, struct leg *from, struct txn *in, const struct sip_msg *m)
{
	struct pass *p = pass_new_own(c, from, m->method);

	if (!p)
		return NULL;
	p->hops = hops_of(m);
	reliable_read(p, m);
	p->in = in;
	in->ops = &in_ops;
	in->user = p;
	return p;
}

void pass_free(struct engine *e, struct pass *p)
{
	if (p->call->invite == p)
		p->call->invite = NULL;
	if (p->call->offer == p)
		p->call->offer = NULL;
	reliable_forget(e, p);
	txn_detach(p->in);
	while (p->branches) {
		struct branch *b = p->branches;

		p->branches = b->next;
		branch_free(e, b);
	}
	hunt_free(p->hunt);
	own_free(e, p->own);
	buf_drop(&e->core.bufs, p->best_text);
	buf_drop(&e->core.bufs, p->made);
	*p->link = p->next;
	if (p->next)
		p->next->link = p->link;
	free(p);
}

bool pass_is_answered(const struct pass *p)
{
	return !p->in || p->in->status >= 200;
}

struct span pass_request(const struct pass *p)
{
	const struct buf *text = p->in ? p->in->request : p->made;

	return text ? buf_span(text) : (struct span){ 0 };
}

static bool is_out(const struct pass *p)
{
	for (const struct branch *b = p->branches; b; b = b->next)
		if (b->out)
			return true;
	return false;
}

bool pass_is_open(const struct pass *p)
{
	for (const struct branch *b = p->branches; b; b = b->next)
		if (branch_may_answer(b))
			return true;
	return false;
}

void pass_refuse(struct engine *e, struct pass *p, uint16_t status, enum count why, struct span detail)
{
	struct call *c = p->call;

	if (!p->setup) {
		if (p->in)
			refuse(e, p->in, status, why, detail);
		pass_free(e, p);
		return;
	}
	if (detail.n)
		log_info(&e->core.log, "call %s: %s: %.*s%s", c->id, count_name(why), SPAN_ARG(detail),
			 media_refusal_hint(detail));
	if (c->kind != CALL_INVITE) /* callend() counts how calls end */
		core_count(&e->core, why);
	/* Answers, and frees p with the rest. */
	callend(e, c, why, status, NULL);
}

/* ----- forward ----- */

/* This branch can't be taken: of a setup there may be others. */
static void fail(struct engine *e, struct branch *b, uint16_t status, enum count why, struct span detail)
{
	struct pass *p = b->pass;

	if (!p->setup) {
		struct leg *to = b->to;
		uint32_t rseq = b->rseq;
		bool answers = p->answers;

		pass_refuse(e, p, status, why, detail);
		if (rseq && answers)
			reliable_unanswered(e, to, status, why);
		else if (rseq)
			prack_send(e, to, rseq);
		return;
	}
	if (detail.n)
		log_info(&e->core.log, "call %s: %s: %.*s%s", p->call->id, count_name(why), SPAN_ARG(detail),
			 media_refusal_hint(detail));
	b->status = status;
	fork_failed(e, b, NULL, why);
}

/* body: in place of the original's, as in struct topology_request. */
static void forward(struct engine *e, struct branch *b, const struct sip_msg *m, struct span body)
{
	char text[3072];
	struct writer lines = writer_over(text, sizeof(text));

	if (b->rseq)
		writer_format(&lines, "RAck: %u %u INVITE\r\n", b->rseq, b->to->invite_cseq);
	crossing_lines_write(e, &lines, b->to, m);
	edge_credentials_write(e, &lines, b->pass->from, b->to, m);
	if (b->pass->setup)
		fork_lines(e, b, m, &lines);
	if (!span_is_set(body))
		body = crossing_body(e, b->to, m);
	if (!branch_send(e, b, m, body, writer_done(&lines), &passback_ops))
		fail(e, b, 503, COUNT_DROP_FULL, (struct span){ 0 });
	else if (m->method == SIP_REFER)
		referid_learn(b->pass->from, b->to);
}

static void on_sdp(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;
	struct branch *b = w->user;
	struct pass *p = b->pass;
	bool of_caller = !b->to->early_offer; /* the session is the caller's to offer, or to answer */
	enum count why;
	struct sip_msg m;

	if (p->answers && p->call->offering == b->to)
		p->call->offering = NULL;
	if (!a || !a->sdp.n) {
		uint16_t status = media_refusal(a, &why);

		if (!p->setup)
			absorb_forget_offer(p->from);
		fail(e, b, status, why, a ? a->error_reason : (struct span){ 0 });
		return;
	}
	p->offered = !p->answers && (of_caller || !p->setup);
	if (b->cancelled && p->setup) {
		fork_unsent(e, b);
		return;
	}
	if (b->cancelled) {
		media_rollback(e, p->from);
		pass_refuse(e, p, 487, COUNT_CALL_CANCELLED, (struct span){ 0 });
		return;
	}
	if (kept_read(w->message, &m))
		forward(e, b, &m, p->answers && !of_caller ? SPAN("") : a->sdp);
}

static bool negotiates(const struct sip_msg *m)
{
	return m->method == SIP_INVITE || m->method == SIP_UPDATE || m->method == SIP_PRACK;
}

bool pass_is_unusable(struct engine *e, struct pass *p, const struct sip_msg *m)
{
	if (!negotiates(m) || !media_is_foreign(m))
		return false;
	pass_refuse(e, p, 415, COUNT_REFUSE_BODY, sip_msg_value(m, SIP_HDR_CONTENT_TYPE));
	return true;
}

void pass_branch(struct engine *e, struct branch *b, const struct sip_msg *m)
{
	bool own = ownoffer_is_due(e, b, m);

	if (!own && (!negotiates(m) || !media_has_sdp(m))) {
		/* SDP where it means nothing (OPTIONS, MESSAGE) would only show where its writer lives. */
		forward(e, b, m, media_has_sdp(m) ? SPAN("") : (struct span){ 0 });
		return;
	}
	if (b->pass->answers && b->to->early_offer && !ownoffer_agrees(e, b->pass->from, b->to, m)) {
		b->pass->call->offering = NULL;
		forward(e, b, m, SPAN(""));
		return;
	}
	b->media = own                ? ownoffer_ask(e, b, m, on_sdp)
		   : b->pass->answers ? media_answer(e, b->pass->from, b->to, m, on_sdp, b)
				      : media_offer(e, b->pass->from, b->to, m, on_sdp, b);
	if (!b->media)
		fail(e, b, 503, COUNT_REFUSE_RELAY_GONE, (struct span){ 0 });
}

void pass_begin(struct engine *e, struct pass *p, const struct sip_msg *m)
{
	struct branch *b;

	if (pass_is_unusable(e, p, m))
		return;
	b = branch_new(p, p->from->peer);
	if (!b) {
		pass_refuse(e, p, 500, COUNT_REFUSE_INTERNAL, (struct span){ 0 });
		return;
	}
	if (m->method == SIP_INVITE)
		p->call->invite = p;
	else if (m->method == SIP_UPDATE && media_has_sdp(m))
		p->call->offer = p;
	pass_branch(e, b, m);
}

/* ----- cancel ----- */

void pass_give_up(struct engine *e, struct pass *p, struct span reason)
{
	if (!is_out(p) && !p->in) {
		pass_free(e, p);
		return;
	}
	if (p->method != SIP_INVITE)
		return;
	p->cancelled = true;
	for (struct branch *b = p->branches; b; b = b->next)
		if (branch_is_open(b))
			branch_cancel(e, b, reason);
}

void pass_cancel(struct engine *e, struct pass *p, struct span reason)
{
	struct call *c = p->call;
	struct leg *by = p->from;
	bool setup = p->setup;

	/* C5: of a re-INVITE, only that: its own final response tells whether the CANCEL came in time. */
	pass_give_up(e, p, reason);
	/* C2, C6: the caller hears 487 at once; what the other side still says is dealt with alone. */
	if (setup)
		callend(e, c, COUNT_CALL_CANCELLED, 487, by);
}

/* ----- what the server transaction tells ----- */

static void on_in_timeout(void *env, struct txn *t)
{
	(void)env, (void)t; /* no ACK to a 3xx-6xx: nothing depends on it */
}

/* C7: whoever asked is gone before the answer: nobody to ring for. */
static void on_in_failed(void *env, struct txn *t)
{
	struct pass *p = t->user;

	if (p->method == SIP_INVITE && t->status < 200)
		pass_cancel(env, p, SPAN("Reason: SIP;cause=503;text=\"Connection lost\"\r\n"));
}

static void on_in_ack(void *env, struct txn *t, const struct sip_msg *m)
{
	struct pass *p = t->user;

	passback_ack(env, p->setup ? p->call->leg[SIDE_A] : p->from, m);
}

static void on_in_ended(void *env, struct txn *t)
{
	struct pass *p = t->user;

	p->in = NULL;
	pass_look(env, p);
}

/* No 2xx of that INVITE can be repeated any more: its ACK need not be kept, unless a later one is (RFC 6026, timer M).
 */
static void drop_ack(struct engine *e, const struct pass *p)
{
	for (const struct pass *other = p->call->passes; other; other = other->next)
		if (other != p && other->method == SIP_INVITE && is_out(other))
			return;
	for (struct leg *l = p->call->legs; l; l = l->next)
		if (l->side != p->from->side)
			leg_drop_ack(e, l);
}

void pass_look(struct engine *e, struct pass *p)
{
	struct call *c = p->call;

	if (p->method == SIP_INVITE && !is_out(p))
		drop_ack(e, p);
	if (!p->in && !is_out(p))
		pass_free(e, p);
	callend_look(e, c);
}

static const struct txn_ops in_ops = {
	.timeout = on_in_timeout,
	.failed = on_in_failed,
	.ack = on_in_ack,
	.ended = on_in_ended,
};

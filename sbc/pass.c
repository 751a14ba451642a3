/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/pass.h"

#include <stddef.h>
#include <stdlib.h>

#include "alg/sip/nameaddr.h"
#include "alg/sip/via.h"
#include "sbc/callend.h"
#include "sbc/derive.h"
#include "sbc/leg.h"
#include "sbc/media.h"
#include "sbc/passback.h"
#include "sbc/respond.h"
#include "sbc/stray.h"

static const struct txn_ops in_ops, out_ops;

static uint8_t hops_of(const struct sip_msg *m)
{
	uint32_t hops;

	return span_u32(sip_msg_value(m, SIP_HDR_MAX_FORWARDS), &hops) || hops > UINT8_MAX ? 0 : (uint8_t)hops;
}

struct pass *pass_new(struct engine *e, struct call *c, enum side from, struct txn *in, const struct sip_msg *m)
{
	struct pass *p = calloc(1, sizeof(*p));

	(void)e;
	if (!p)
		return NULL;
	p->call = c;
	p->from = (uint8_t)from;
	p->method = (uint8_t)m->method;
	p->hops = hops_of(m);
	p->in = in;
	in->ops = &in_ops;
	in->user = p;
	p->next = c->passes;
	if (p->next)
		p->next->link = &p->next;
	p->link = &c->passes;
	c->passes = p;
	return p;
}

void pass_free(struct engine *e, struct pass *p)
{
	if (p->call->invite == p)
		p->call->invite = NULL;
	txn_detach(p->in);
	if (p->out && p->method == SIP_INVITE && p->out->status / 100 == 2)
		stray_watch(p->out);
	else
		txn_detach(p->out);
	buf_drop(&e->core.bufs, p->reason);
	wheel_del(&e->core.wheel, &p->ring);
	*p->link = p->next;
	if (p->next)
		p->next->link = p->link;
	free(p);
}

bool pass_is_answered(const struct pass *p)
{
	return !p->in || p->in->status >= 200;
}

bool pass_is_open(const struct pass *p)
{
	return p->out && p->method == SIP_INVITE && p->out->status < 200;
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
		log_info(&e->core.log, "call %s: %s: %.*s", c->id, count_name(why), SPAN_ARG(detail));
	if (c->kind != CALL_INVITE) /* callend() counts how calls end */
		core_count(&e->core, why);
	/* Answers, and frees p with the rest. */
	callend(e, c, why, status, NULL);
}

/* ----- forward ----- */

static void on_ring_timer(struct timer *timer, void *ctx, uint64_t now)
{
	struct pass *p = (struct pass *)((char *)timer - offsetof(struct pass, ring));
	struct engine *e = ctx;

	(void)now;
	if (p->cancelled) {
		/* C6: no final response to our CANCEL either. Nothing else would ever end that transaction (17.1.1.2).
		 */
		txn_abandon(p->out);
		p->out = NULL;
		passback_timeout(e, p);
		return;
	}
	if (p->setup) {
		callend(e, p->call, COUNT_CALL_NO_ANSWER, 408, NULL);
		return;
	}
	/* Of a re-INVITE, that is all: its own final response, or the lack of one, tells how the call goes on. */
	passback_status(e, p, 408);
	pass_give_up(e, p, (struct span){ 0 });
}

/* Timer C (RFC 3261 16.6 step 11): again with each provisional response but 100 (C9). */
void pass_ring_restart(struct engine *e, struct pass *p)
{
	wheel_add(&e->core.wheel, &p->ring, core_now(&e->core) + e->core.conf->limits.ring_timeout_ms, on_ring_timer);
}

static void forward(struct engine *e, struct pass *p, const struct sip_msg *m, struct span sdp)
{
	struct leg *to = &p->call->leg[side_other(p->from)];
	char branch[TOKEN_BRANCH_LEN];
	struct writer b = writer_over(branch, sizeof(branch));
	struct leg_request r = {
		.method = m->method_name,
		.cseq = leg_next_cseq(to),
		.hops = p->hops,
		.original = m,
		.body = sdp,
	};
	struct span text;

	txn_branch_write(&e->core, &b);
	r.branch = writer_done(&b);
	text = leg_request_write(e, to, &r);
	if (m->method == SIP_INVITE)
		to->invite_cseq = r.cseq;
	if (text.n)
		p->out = txn_client(&e->txns, m->method, &to->flow, r.branch, text, &out_ops, p);
	if (!p->out) {
		pass_refuse(e, p, 503, COUNT_DROP_FULL, (struct span){ 0 });
		return;
	}
	if (m->method == SIP_INVITE)
		pass_ring_restart(e, p);
}

static void on_offer_prepared(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;
	struct pass *p = w->user;
	enum count why;
	struct sip_msg m;

	if (!a || !a->sdp.n) {
		uint16_t status = media_refusal(a, &why);

		pass_refuse(e, p, status, why, a ? a->error_reason : (struct span){ 0 });
		return;
	}
	p->offered = true;
	if (p->cancelled) {
		media_rollback(e, p->call, (enum side)p->from);
		pass_refuse(e, p, 487, COUNT_CALL_CANCELLED, (struct span){ 0 });
		return;
	}
	if (sip_msg_index(buf_span(w->message), &m) == SIP_OK)
		forward(e, p, &m, a->sdp);
}

void pass_begin(struct engine *e, struct pass *p, const struct sip_msg *m)
{
	bool negotiates = m->method == SIP_INVITE || m->method == SIP_UPDATE;

	if (negotiates && media_is_foreign(m)) {
		pass_refuse(e, p, 415, COUNT_REFUSE_BODY, sip_msg_value(m, SIP_HDR_CONTENT_TYPE));
		return;
	}
	if (m->method == SIP_INVITE || (negotiates && media_has_sdp(m)))
		p->call->invite = p;
	if (!negotiates || !media_has_sdp(m)) {
		/* SDP where it means nothing (OPTIONS, MESSAGE) would only show where its writer lives. */
		forward(e, p, m, media_has_sdp(m) ? SPAN("") : (struct span){ 0 });
		return;
	}
	if (!media_offer(e, p->call, p->from, m, on_offer_prepared, p))
		pass_refuse(e, p, 503, COUNT_REFUSE_RELAY_GONE, (struct span){ 0 });
}

/* ----- cancel ----- */

static void send_cancel(struct engine *e, struct pass *p)
{
	struct core *core = &e->core;
	struct writer w = writer_over(core->out_text, sizeof(core->out_text));
	struct sip_msg invite;
	struct via via;

	if (p->cancel_sent || sip_msg_index(buf_span(p->out->sent), &invite) != SIP_OK ||
	    via_parse(sip_msg_value(&invite, SIP_HDR_VIA), &via))
		return;
	p->cancel_sent = true;
	derive_write(&w, &invite, SPAN("CANCEL"), sip_msg_value(&invite, SIP_HDR_TO), buf_span(p->reason));
	txn_client(&e->txns, SIP_CANCEL, &p->out->flow, via.branch, writer_done(&w), NULL, NULL);
	wheel_add(&core->wheel, &p->ring, core_now(core) + TXN_TIMEOUT_MS, on_ring_timer);
}

void pass_give_up(struct engine *e, struct pass *p, struct span reason)
{
	if (!p->out && !p->in) {
		pass_free(e, p);
		return;
	}
	if (p->method != SIP_INVITE || (p->out && p->out->status >= 200))
		return;
	p->cancelled = true;
	if (reason.n && !p->reason)
		p->reason = buf_keep(&e->core.bufs, reason);
	if (!p->out) /* still with the relay: see on_offer_prepared() */
		return;
	/* C1: before any provisional response it waits: see on_out_response(). */
	if (p->provisional)
		send_cancel(e, p);
	else
		wheel_add(&e->core.wheel, &p->ring, core_now(&e->core) + TXN_TIMEOUT_MS, on_ring_timer);
}

void pass_cancel(struct engine *e, struct pass *p, struct span reason)
{
	struct call *c = p->call;
	struct leg *by = &c->leg[p->from];
	bool setup = p->setup;

	/* C5: of a re-INVITE, only that: its own final response tells whether the CANCEL came in time. */
	pass_give_up(e, p, reason);
	/* C2, C6: the caller hears 487 at once; what the other side still says is dealt with alone. */
	if (setup)
		callend(e, c, COUNT_CALL_CANCELLED, 487, by);
}

/* ----- what the transactions tell ----- */

static void on_in_timeout(void *env, struct txn *t)
{
	(void)env, (void)t; /* no ACK to a 3xx-6xx: nothing depends on it */
}

static void on_in_ack(void *env, struct txn *t, const struct sip_msg *m)
{
	struct pass *p = t->user;

	passback_ack(env, &p->call->leg[p->from], m);
}

static void forget(struct engine *e, struct pass *p)
{
	struct call *c = p->call;

	if (!p->in && !p->out)
		pass_free(e, p);
	callend_look(e, c);
}

static void on_in_ended(void *env, struct txn *t)
{
	struct pass *p = t->user;

	p->in = NULL;
	forget(env, p);
}

/* No 2xx of that INVITE can be repeated any more: its ACK need not be kept, unless a later one is (RFC 6026, timer M).
 */
static void drop_ack(struct engine *e, const struct pass *p)
{
	for (const struct pass *other = p->call->passes; other; other = other->next)
		if (other != p && other->method == SIP_INVITE && other->out)
			return;
	leg_drop_ack(e, &p->call->leg[side_other((enum side)p->from)]);
}

static void on_out_ended(void *env, struct txn *t)
{
	struct pass *p = t->user;

	p->out = NULL;
	if (p->method == SIP_INVITE)
		drop_ack(env, p);
	forget(env, p);
}

static void on_out_response(void *env, struct txn *t, const struct sip_msg *m)
{
	struct engine *e = env;
	struct pass *p = t->user;

	if (m->status >= 200) {
		passback_final(e, p, m);
		return;
	}
	p->provisional = true;
	if (p->cancelled)
		send_cancel(e, p);
	else if (m->status > 100)
		passback_provisional(e, p, m);
}

static void on_out_timeout(void *env, struct txn *t)
{
	passback_timeout(env, t->user);
}

static const struct txn_ops in_ops = {
	.timeout = on_in_timeout,
	.ack = on_in_ack,
	.ended = on_in_ended,
};

static const struct txn_ops out_ops = {
	.response = on_out_response,
	.timeout = on_out_timeout,
	.ended = on_out_ended,
};

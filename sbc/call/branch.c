/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/branch.h"

#include <stddef.h>
#include <stdlib.h>

#include "alg/sip/nameaddr.h"
#include "alg/sip/option_tags.h"
#include "alg/sip/via.h"
#include "sbc/call/leg.h"
#include "sbc/call/nexthop.h"
#include "sbc/call/pass.h"
#include "sbc/call/refresh.h"
#include "sbc/call/stray.h"
#include "sbc/media/media.h"
#include "sbc/offer/reliable.h"
#include "sbc/route/routelines.h"
#include "sbc/transfer/crossing.h"
#include "sbc/txn/derive.h"

enum {
	BRANCH_DIALOGS = 8, /* early dialogs of one INVITE: behind a forking proxy */
	LINES_MAX = 8192,
};

struct branch *branch_new(struct pass *p, struct leg *to)
{
	struct branch *b = calloc(1, sizeof(*b)), **end = &p->branches;

	if (!b)
		return NULL;
	b->pass = p;
	b->to = to;
	while (*end)
		end = &(*end)->next;
	*end = b;
	return b;
}

void branch_free(struct engine *e, struct branch *b)
{
	if (b->out && b->pass->method == SIP_INVITE && b->out->status / 100 == 2)
		stray_watch(b->out);
	else
		txn_detach(b->out);
	buf_drop(&e->core.bufs, b->reason);
	buf_drop(&e->core.bufs, b->sdp);
	wheel_del(&e->core.wheel, &b->ring);
	for (struct leg *l = b->pass->call->legs; l; l = l->next)
		if (l->branch == b)
			l->branch = NULL;
	free(b);
}

bool branch_may_answer(const struct branch *b)
{
	return b->out && b->pass->method == SIP_INVITE && b->out->status < 200;
}

static const struct branch_ops *ops_of(const struct branch *b)
{
	return b->pass->ops;
}

/* ----- time ----- */

static void on_ring_timer(struct timer *timer, void *ctx, uint64_t now)
{
	struct branch *b = (struct branch *)((char *)timer - offsetof(struct branch, ring));
	struct engine *e = ctx;

	(void)now;
	if (b->cancelled) {
		/* C6: no final response to our CANCEL either. Nothing else would ever end that transaction (17.1.1.2).
		 */
		txn_abandon(b->out);
		b->out = NULL;
		ops_of(b)->ended(e, b, BRANCH_CANCELLED);
		return;
	}
	if (b->retry_ms && !b->provisional) {
		branch_cancel(e, b, (struct span){ 0 });
		ops_of(b)->ended(e, b, BRANCH_TIMEOUT);
		return;
	}
	ops_of(b)->ended(e, b, BRANCH_RANG_OUT);
}

static void wait_at_most(struct engine *e, struct branch *b, uint32_t ms)
{
	uint64_t until = core_now(&e->core) + ms;

	if (b->answer_by && !b->cancelled && b->answer_by < until)
		until = b->answer_by;
	wheel_add(&e->core.wheel, &b->ring, until, on_ring_timer);
}

void branch_ring_restart(struct engine *e, struct branch *b)
{
	if (!b->cancelled)
		wait_at_most(e, b, e->core.conf->limits.ring_timeout_ms);
}

/* ----- cancel ----- */

static void send_cancel(struct engine *e, struct branch *b)
{
	struct core *core = &e->core;
	struct writer w = writer_over(core->out_text, sizeof(core->out_text));
	struct sip_msg invite;
	struct via via;

	if (b->cancel_sent || !b->out->sent || sip_msg_index(buf_span(b->out->sent), &invite) != SIP_OK ||
	    via_parse(sip_msg_value(&invite, SIP_HDR_VIA), &via))
		return;
	b->cancel_sent = true;
	derive_write(&w, &invite, SPAN("CANCEL"), sip_msg_value(&invite, SIP_HDR_TO), buf_span(b->reason));
	txn_client(&e->txns, SIP_CANCEL, &b->out->flow, via.branch, writer_done(&w), NULL, NULL);
	wait_at_most(e, b, TXN_TIMEOUT_MS);
}

void branch_cancel(struct engine *e, struct branch *b, struct span reason)
{
	if (b->pass->method != SIP_INVITE || (b->out && b->out->status >= 200))
		return;
	b->cancelled = true;
	if (reason.n && !b->reason)
		b->reason = buf_keep(&e->core.bufs, reason);
	if (!b->out) /* still with the relay, which is told by its answer, or gone */
		return;
	/* C1: before any provisional response it waits: see on_response(). */
	if (b->provisional)
		send_cancel(e, b);
	else
		wait_at_most(e, b, TXN_TIMEOUT_MS);
}

/* ----- what the transaction tells ----- */

static const struct txn_ops txn_ops;

static void on_response(void *env, struct txn *t, const struct sip_msg *m)
{
	struct engine *e = env;
	struct branch *b = t->user;

	if (m->status >= 200) {
		if (!b->status)
			b->status = m->status;
		ops_of(b)->final(e, b, m);
		return;
	}
	b->provisional = true;
	b->rang |= m->status == 180;
	if (b->cancelled)
		send_cancel(e, b);
	else if (m->status > 100)
		ops_of(b)->provisional(e, b, m);
	else if (b->retry_ms)
		branch_ring_restart(e, b);
}

static void on_timeout(void *env, struct txn *t)
{
	struct branch *b = t->user;

	ops_of(b)->ended(env, b, b->cancelled ? BRANCH_CANCELLED : BRANCH_TIMEOUT);
}

/* Large, but nobody takes connections there: over UDP after all (RFC 3261 18.1.1). The same request, another Via. */
static bool resend_by_udp(struct engine *e, struct branch *b)
{
	struct writer w = writer_over(e->core.part_text, sizeof(e->core.part_text));
	char text[TOKEN_BRANCH_LEN], via[256];
	struct writer id = writer_over(text, sizeof(text)), v = writer_over(via, sizeof(via));
	struct txn *before = b->out;
	struct sip_msg m;
	struct span old;

	if (!b->oversize || b->provisional || b->cancelled || !before->sent ||
	    sip_msg_index(buf_span(before->sent), &m) != SIP_OK)
		return false;
	b->oversize = false;
	old = sip_msg_value(&m, SIP_HDR_VIA);
	txn_branch_write(&e->core, &id);
	core_write_via(&e->core, &v, &b->to->flow, writer_done(&id));
	writer_put(&w, span_slice(m.raw, 0, (uint32_t)(old.p - m.raw.p)));
	writer_put(&w, writer_done(&v));
	writer_put(&w, span_from(m.raw, (uint32_t)(old.p + old.n - m.raw.p)));
	txn_detach(before);
	b->out = txn_client(&e->txns, m.method, &b->to->flow, writer_done(&id), writer_done(&w), &txn_ops, b);
	return b->out != NULL;
}

static void on_failed(void *env, struct txn *t)
{
	struct branch *b = t->user;

	if (resend_by_udp(env, b))
		return;
	ops_of(b)->ended(env, b, b->cancelled ? BRANCH_CANCELLED : BRANCH_UNREACHABLE);
}

static void on_ended(void *env, struct txn *t)
{
	struct branch *b = t->user;

	b->out = NULL;
	ops_of(b)->gone(env, b);
}

static const struct txn_ops txn_ops = {
	.response = on_response,
	.timeout = on_timeout,
	.failed = on_failed,
	.ended = on_ended,
};

/* ----- sending ----- */

static bool transmit(struct engine *e, struct branch *b, enum sip_method method, struct leg_request *r)
{
	struct leg *to = b->to;
	char text[TOKEN_BRANCH_LEN], lines[LINES_MAX];
	struct writer id = writer_over(text, sizeof(text)), w = writer_over(lines, sizeof(lines));
	struct span request;
	struct flow flow;

	txn_branch_write(&e->core, &id);
	r->asked = &b->asked_who;
	r->branch = writer_done(&id);
	r->cseq = leg_next_cseq(to);
	writer_put(&w, r->lines);
	routelines_cut(&w, 0, r->drop, r->ndrop);
	routelines_add(&w, b->route);
	if (refresh_ask(e, to, method, r->original, &b->asked, &w))
		r->supported |= OPTION_BIT(OPTION_TIMER);
	r->lines = writer_done(&w);
	request = leg_request_write(e, to, r);
	flow = to->flow;
	if (request.n && nexthop_wants_stream(e, &to->flow, to->trunk, request.n, &flow)) {
		r->flow = &flow;
		request = leg_request_write(e, to, r);
	}
	if (method == SIP_INVITE)
		to->invite_cseq = r->cseq;
	if (request.n && !w.failed)
		b->out = txn_client(&e->txns, method, &flow, r->branch, request, &txn_ops, b);
	if (!b->out)
		return false;
	if (to->flow.transport == flow.transport)
		to->flow = b->out->flow; /* a connection may have been opened */
	else
		b->oversize = true;
	if (b->retry_ms)
		wait_at_most(e, b, b->retry_ms);
	else if (method == SIP_INVITE)
		branch_ring_restart(e, b);
	return true;
}

bool branch_send(struct engine *e, struct branch *b, const struct sip_msg *m, struct span body, struct span lines,
		 const struct branch_ops *ops)
{
	struct leg_request r = {
		.method = m->method_name,
		.hops = b->pass->hops,
		.original = m,
		.body = body,
		.supported = reliable_offered(e, b, m),
		.lines = lines,
		.drop = b->route ? b->route->drop : NULL,
		.ndrop = b->route ? b->route->ndrop : 0,
	};

	b->pass->ops = ops;
	if (body.n && media_has_sdp(m)) {
		refresh_offers(e, b, body);
		r.body = crossing_session(e, b->to, m, body);
	} else if (body.n && b->pass->setup && b->to->early_offer) {
		refresh_offers(e, b, body);
		r.content_type = SPAN("application/sdp");
	}
	return transmit(e, b, m->method, &r);
}

bool branch_send_own(struct engine *e, struct branch *b, struct leg_request *r, const struct branch_ops *ops)
{
	b->pass->ops = ops;
	r->method = sip_method_name((enum sip_method)b->pass->method);
	return transmit(e, b, (enum sip_method)b->pass->method, r);
}

void branch_reset(struct engine *e, struct branch *b)
{
	txn_detach(b->out);
	b->out = NULL;
	b->status = 0;
	b->provisional = b->cancel_sent = b->oversize = false;
	wheel_del(&e->core.wheel, &b->ring);
}

/* ----- early dialogs ----- */

struct leg *branch_leg(struct engine *e, struct branch *b, const struct sip_msg *m)
{
	struct span tag = sip_msg_to_tag(m);
	unsigned n = 0;

	if (!b->pass->setup || b->pass->method != SIP_INVITE || !tag.n || !b->to->remote_tag)
		return b->to;
	for (struct leg *l = b->pass->call->legs; l; l = l->next) {
		n += l->branch == b;
		if (l->branch == b && l->remote_tag && span_eq(buf_span(l->remote_tag), tag))
			return l;
	}
	return n < BRANCH_DIALOGS ? leg_twin(e, b->to) : NULL;
}

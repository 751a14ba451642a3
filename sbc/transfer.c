/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/transfer.h"

#include <stdlib.h>

#include "alg/sip/cseq.h"
#include "alg/sip/sipfrag.h"
#include "sbc/adopt.h"
#include "sbc/branch.h"
#include "sbc/callend.h"
#include "sbc/calls.h"
#include "sbc/fork.h"
#include "sbc/leg.h"
#include "sbc/media.h"
#include "sbc/own.h"
#include "sbc/pass.h"
#include "sbc/referred.h"
#include "sbc/refresh.h"
#include "sbc/replaced.h"
#include "sbc/respond.h"
#include "sbc/sips.h"

enum { EXPIRES_S = 180, INVITE_MAX = 4096 };

/* Both calls know it; it goes with the first of them that ends, unless the re-INVITE is still out. */
struct transfer {
	struct call *call;  /* that is transferred */
	struct call *asked; /* the call to the target; NULL: it is over */
	struct leg *by;     /* who transfers */
	struct leg *rest;   /* who stays */
	struct buf *offer;  /* the target's, as it was said to rest */
	uint32_t id;        /* CSeq of the REFER: tells its NOTIFYs from those of another (RFC 3515 2.4.6) */
	uint16_t told;      /* status in the last NOTIFY */
	bool silent;        /* no NOTIFYs are wanted (RFC 4488) */
	bool asking;        /* the re-INVITE is out */
	bool moved;         /* rest took the target's offer */
};

static void drop(struct engine *e, struct transfer *t)
{
	if (t->call)
		t->call->transfer = NULL;
	if (t->asked)
		t->asked->transfer = NULL;
	buf_drop(&e->core.bufs, t->offer);
	free(t);
}

/* ----- telling the transferor ----- */

static void on_told(struct engine *e, struct own *o, uint16_t status, const struct sip_msg *m)
{
	(void)e, (void)o, (void)status, (void)m; /* who does not want to hear it need not */
}

static void tell(struct engine *e, struct transfer *t, uint16_t status)
{
	char text[256], frag[128];
	struct writer lines = writer_over(text, sizeof(text)), body = writer_over(frag, sizeof(frag));
	struct own_request r = { .method = SIP_NOTIFY, .content_type = SPAN(SIPFRAG_TYPE), .done = on_told };

	if (t->silent || t->by->state != LEG_CONFIRMED || status == t->told)
		return;
	t->told = status;
	writer_put(&lines, SPAN("Event: refer;id="));
	writer_u64(&lines, t->id);
	writer_put(&lines, SPAN("\r\nSubscription-State: "));
	if (status < 200) {
		writer_put(&lines, SPAN("active;expires="));
		writer_u64(&lines, EXPIRES_S);
	} else {
		writer_put(&lines, SPAN("terminated;reason=noresource"));
	}
	writer_put(&lines, SPAN("\r\n"));
	sipfrag_write(&body, status, (struct span){ 0 });
	r.lines = writer_done(&lines);
	r.body = writer_done(&body);
	own_send(e, t->by, &r);
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

/* The transferred call goes on as it was, if there is anybody left in it who agrees with the other on a session. */
static void asked_is_over(struct engine *e, struct transfer *t, uint16_t status)
{
	struct call *c = t->call;
	bool lost = t->moved || t->by->state != LEG_CONFIRMED;

	tell(e, t, outcome(t->asked, status));
	t->asked->transfer = NULL;
	t->asked = NULL;
	if (!t->asking)
		drop(e, t);
	if (lost)
		callend(e, c, COUNT_CALL_UNREACHABLE, 0, NULL);
}

void transfer_call_over(struct engine *e, struct call *c, uint16_t status)
{
	struct transfer *t = c->transfer;
	struct call *asked;

	if (!t)
		return;
	if (c == t->asked) {
		asked_is_over(e, t, status);
		return;
	}
	asked = t->asked;
	drop(e, t);
	if (asked)
		callend(e, asked, COUNT_CALL_CANCELLED, 487, NULL);
}

/* ----- joining ----- */

static void join(struct engine *e, struct transfer *t)
{
	struct call *asked = t->asked;
	struct leg *by = t->by;

	tell(e, t, 200);
	core_count(&e->core, COUNT_CALL_ANSWERED);
	adopt(e, t->call, t->rest, asked);
	drop(e, t);
	callend(e, asked, COUNT_CALL_TRANSFERRED, 0, NULL);
	leg_bye(e, by, (struct span){ 0 });
}

static void on_rest_answer(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;
	struct transfer *t = w->user;
	enum count why;

	if (!a || !a->sdp.n) {
		uint16_t status = media_refusal(a, &why);

		fail(e, t, status, why);
		return;
	}
	leg_ack(e, t->asked->leg[SIDE_B], a->sdp);
	join(e, t);
}

static void rest_answered(struct engine *e, struct transfer *t, const struct sip_msg *m)
{
	struct call *asked = t->asked;

	t->moved = true;
	refresh_said(e, t->rest, buf_span(t->offer));
	if (!media_has_sdp(m))
		fail(e, t, 488, COUNT_REFUSE_SDP);
	else if (!media_answer(e, asked->leg[SIDE_A], asked->leg[SIDE_B], m, on_rest_answer, t))
		fail(e, t, 503, COUNT_REFUSE_RELAY_GONE);
}

static void on_rest_done(struct engine *e, struct own *o, uint16_t status, const struct sip_msg *m)
{
	struct transfer *t = own_user(o);
	struct call *c = t->call;

	t->asking = false;
	if (t->asked && status < 300) {
		rest_answered(e, t, m);
	} else if (t->asked) {
		fail(e, t, status, COUNT_CALL_REJECTED);
	} else {
		drop(e, t);
		if (status < 300) /* the session it agreed to is gone, and so is the one before */
			callend(e, c, COUNT_CALL_UNREACHABLE, 0, NULL);
	}
}

static void on_target_offer(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;
	struct transfer *t = w->user;
	struct own_request r = {
		.method = SIP_INVITE,
		.content_type = SPAN("application/sdp"),
		.done = on_rest_done,
		.user = t,
	};
	enum count why;

	if (!a || !a->sdp.n) {
		uint16_t status = media_refusal(a, &why);

		fail(e, t, status, why);
		return;
	}
	t->offer = buf_keep(&e->core.bufs, a->sdp);
	r.body = buf_span(t->offer);
	t->asking = true;
	if (t->offer && own_send(e, t->rest, &r))
		return;
	t->asking = false;
	fail(e, t, 500, COUNT_REFUSE_INTERNAL);
}

/* ----- the call to the target ----- */

bool transfer_asks(const struct pass *p)
{
	return p->setup && p->made && !p->answered;
}

void transfer_progress(struct engine *e, struct branch *b, const struct sip_msg *m)
{
	struct leg *l = branch_leg(e, b, m);

	if (!l || l->state == LEG_ENDED)
		return;
	leg_learn_response(e, l, m);
	if (l->call->transfer)
		tell(e, l->call->transfer, m->status);
}

void transfer_answered(struct engine *e, struct leg *target, const struct sip_msg *m)
{
	struct transfer *t = target->call->transfer;

	if (!t)
		return;
	if (!media_has_sdp(m))
		fail(e, t, 488, COUNT_REFUSE_SDP);
	else if (!media_offer(e, target, t->asked->leg[SIDE_A], m, on_target_offer, t))
		fail(e, t, 503, COUNT_REFUSE_RELAY_GONE);
}

static struct call *make_call(struct engine *e, const struct leg *rest, struct span invite)
{
	struct call *c = calls_new(e);
	struct leg *a = c ? c->leg[SIDE_A] : NULL;
	struct pass *p = c ? pass_new_own(c, a, SIP_INVITE) : NULL;

	if (!c)
		return NULL;
	c->kind = CALL_INVITE;
	a->flow = rest->flow;
	a->trunk = rest->trunk;
	c->from = buf_keep(&e->core.bufs, buf_span(rest->remote));
	if (p)
		p->made = buf_keep(&e->core.bufs, invite);
	if (p && p->made && c->from) {
		p->setup = true;
		return c;
	}
	calls_free(e, c);
	return NULL;
}

static struct transfer *make(struct engine *e, struct leg *by, const struct sip_msg *refer, struct span invite)
{
	struct transfer *t = calloc(1, sizeof(*t));
	struct cseq cseq;

	if (!t)
		return NULL;
	t->asked = make_call(e, by->peer, invite);
	if (!t->asked) {
		free(t);
		return NULL;
	}
	t->call = by->call;
	t->by = by;
	t->rest = by->peer;
	t->id = cseq_parse(sip_msg_value(refer, SIP_HDR_CSEQ), &cseq) ? 0 : cseq.number;
	t->silent = span_istarts(sip_msg_value(refer, SIP_HDR_REFER_SUB), SPAN("false"));
	t->call->transfer = t->asked->transfer = t;
	return t;
}

static void promise(struct engine *e, const struct transfer *t, struct txn *in, const struct sip_msg *m)
{
	struct answer a = { .status = 202, .to_tag = buf_span(t->by->local_tag) };

	a.lines = leg_response_lines(e, t->by, m, NULL, 202, false,
				     t->silent ? SPAN("Refer-Sub: false\r\n") : (struct span){ 0 });
	respond(e, in, &a);
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

/* The way is found before anything is promised. */
void transfer_begin(struct engine *e, struct leg *by, struct txn *in, const struct sip_msg *m)
{
	char text[INVITE_MAX];
	struct writer w = writer_over(text, sizeof(text));
	struct sip_msg invite;
	struct route route;
	struct transfer *t;
	uint16_t status;
	enum count why;

	if (by->call->transfer || by->call->state != CALL_UP || by->peer->state != LEG_CONFIRMED) {
		refuse(e, in, 491, COUNT_REFUSE_GLARE, (struct span){ 0 });
		return;
	}
	if (referred_write(&w, by, m) || sip_msg_index(writer_done(&w), &invite) != SIP_OK) {
		refuse(e, in, 403, COUNT_REFUSE_TRANSFER, sip_msg_value(m, SIP_HDR_REFER_TO));
		return;
	}
	status = find_way(e, by, &invite, &route, &why);
	if (status) {
		refuse(e, in, status, why, invite.uri);
		return;
	}
	t = make(e, by, m, invite.raw);
	if (!t) {
		refuse(e, in, 503, COUNT_REFUSE_CALL_LIMIT, invite.uri);
		return;
	}
	core_count(&e->core, COUNT_CALL_STARTED);
	promise(e, t, in, m);
	tell(e, t, 100);
	t->asked->to = buf_keep(&e->core.bufs, route.target[0].leg.to);
	fork_begin(e, t->asked->passes, &route, &invite);
}

/* ----- while it lasts ----- */

bool transfer_outlives(struct leg *l)
{
	const struct transfer *t = l->call->transfer;

	if (!t || t->by != l || !t->asked)
		return false;
	l->state = LEG_ENDED;
	return true;
}

bool transfer_holds(const struct leg *l)
{
	const struct transfer *t = l->call->transfer;

	return t && (l->call == t->asked || t->by->state == LEG_ENDED);
}

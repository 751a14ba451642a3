/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/transfer/referral.h"

#include <stdio.h>

#include "alg/sip/cseq.h"
#include "alg/sip/sipfrag.h"
#include "sbc/call/callend.h"
#include "sbc/call/calls.h"
#include "sbc/call/leg.h"
#include "sbc/call/own.h"
#include "sbc/call/setup.h"
#include "sbc/engine/respond.h"

enum { EXPIRES_S = 180 };

void referral_init(struct referral *r, struct leg *by, const struct sip_msg *refer)
{
	struct cseq cseq;

	*r = (struct referral){
		.by = by,
		.id = cseq_parse(sip_msg_value(refer, SIP_HDR_CSEQ), &cseq) ? 0 : cseq.number,
		.silent = span_istarts(sip_msg_value(refer, SIP_HDR_REFER_SUB), SPAN("false")),
	};
}

/* ----- a dialog of its own ----- */

/* A call with nobody on its other side. */
static struct leg *open_dialog(struct engine *e, struct referral *r, const struct txn *t, const struct sip_msg *refer)
{
	struct call *c = calls_new(e);
	struct leg *l;

	if (!c)
		return NULL;
	l = c->leg[SIDE_A];
	c->kind = CALL_SUBSCRIPTION;
	l->trunk = r->by->trunk;
	if (leg_from_request(e, l, refer, &t->flow)) {
		calls_free(e, c);
		return NULL;
	}
	c->state = CALL_UP;
	l->state = LEG_CONFIRMED;
	snprintf(r->dialog, sizeof(r->dialog), "%s", c->id);
	return l;
}

/* NULL: its subscription is over. */
static struct leg *told_on(struct engine *e, const struct referral *r)
{
	struct call *c;

	if (!r->dialog[0])
		return r->by;
	c = calls_find(e, span_str(r->dialog));
	return c && c->state != CALL_OVER ? c->leg[SIDE_A] : NULL;
}

static void close_dialog(struct engine *e, struct leg *l)
{
	if (referral_is_dialog(l))
		callend(e, l->call, COUNT_CALL_HUNGUP, 0, l);
}

bool referral_is_dialog(const struct leg *l)
{
	return l->call->kind == CALL_SUBSCRIPTION && !l->peer->call_id;
}

/* ----- */

void referral_accept(struct engine *e, struct referral *r, struct txn *t, const struct sip_msg *refer)
{
	struct span own = r->silent ? SPAN("Refer-Sub: false\r\n") : (struct span){ 0 };
	struct leg *l = sip_msg_to_tag(refer).n ? r->by : open_dialog(e, r, t, refer);
	struct answer a = { .status = 202 };

	if (!l) { /* the transfer goes on, and nobody hears of it */
		r->silent = true;
		respond(e, t, &a);
		return;
	}
	a.to_tag = buf_span(l->local_tag);
	a.lines = leg_response_lines(e, l, refer, NULL, 202, false, own);
	respond(e, t, &a);
	referral_tell(e, r, 100);
	if (r->silent)
		close_dialog(e, l);
}

static void write_lines(struct writer *w, const struct referral *r)
{
	writer_put(w, SPAN("Event: refer;id="));
	writer_u64(w, r->id);
	writer_put(w, SPAN("\r\nSubscription-State: "));
	if (r->told < 200) {
		writer_put(w, SPAN("active;expires="));
		writer_u64(w, EXPIRES_S);
	} else {
		writer_put(w, SPAN("terminated;reason=noresource"));
	}
	writer_put(w, SPAN("\r\n"));
}

/* Who does not want to hear it need not. */
static void on_told(struct engine *e, struct own *o, uint16_t status, const struct sip_msg *m)
{
	(void)m;
	if (status >= 300)
		close_dialog(e, own_leg(o));
}

static void on_told_last(struct engine *e, struct own *o, uint16_t status, const struct sip_msg *m)
{
	(void)status, (void)m;
	close_dialog(e, own_leg(o));
}

void referral_tell(struct engine *e, struct referral *r, uint16_t status)
{
	char text[256], frag[128];
	struct writer lines = writer_over(text, sizeof(text)), body = writer_over(frag, sizeof(frag));
	struct own_request q = {
		.method = SIP_NOTIFY,
		.content_type = SPAN(SIPFRAG_TYPE),
		.done = status < 200 ? on_told : on_told_last,
	};
	struct leg *l = told_on(e, r);

	if (r->silent || !l || l->state != LEG_CONFIRMED || r->told == status)
		return;
	if (referral_is_dialog(l))
		setup_limit(e, l->call, core_now(&e->core) + (uint64_t)EXPIRES_S * 1000);
	r->told = status;
	write_lines(&lines, r);
	sipfrag_write(&body, status, (struct span){ 0 });
	q.lines = writer_done(&lines);
	q.body = writer_done(&body);
	own_send(e, l, &q);
}

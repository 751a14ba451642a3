/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/indialog.h"

#include "alg/sip/cseq.h"
#include "sbc/call/absorb.h"
#include "sbc/call/callend.h"
#include "sbc/call/dtmf.h"
#include "sbc/call/leg.h"
#include "sbc/call/pass.h"
#include "sbc/call/passback.h"
#include "sbc/call/refresh.h"
#include "sbc/call/subscription.h"
#include "sbc/call/trickle.h"
#include "sbc/engine/respond.h"
#include "sbc/fork/early.h"
#include "sbc/offer/earlyupdate.h"
#include "sbc/offer/glare.h"
#include "sbc/offer/prack.h"
#include "sbc/registrar/edge_call.h"
#include "sbc/transfer/refer.h"
#include "sbc/transfer/referral.h"
#include "sbc/transfer/takeover.h"
#include "sbc/transfer/transfer.h"

static void bye(struct engine *e, struct leg *l, struct txn *t, const struct sip_msg *m)
{
	struct call *c = l->call;
	struct answer ok = { .status = 200 };
	bool early = c->state == CALL_SETUP;

	edge_proof_keep(e, l, t);
	respond(e, t, &ok);
	if (transfer_outlives(l) || takeover_outlives(l))
		return;
	if (early && early_ended(e, l))
		return;
	if (!early && l->peer)
		leg_farewell(e, l->peer, m);
	/* C8: before the answer it ends what is early, as CANCEL would. */
	callend(e, c, early ? COUNT_CALL_CANCELLED : COUNT_CALL_HUNGUP, early ? 487 : 0, l);
}

void indialog_request(struct engine *e, struct leg *l, struct txn *t, const struct sip_msg *m)
{
	struct call *c = l->call;
	const struct cseq *cseq = sip_msg_cseq(m);
	struct pass *p;
	bool last = subscription_is_last(m), again = absorb_is_repetition(e, l, &t->flow, m);

	if (!cseq || (l->remote_cseq && cseq->number <= l->remote_cseq)) {
		refuse(e, t, 500, COUNT_REFUSE_CSEQ, (struct span){ 0 });
		return;
	}
	l->remote_cseq = cseq->number;
	if (m->method == SIP_PRACK) {
		prack_received(e, l, t, m);
		return;
	}
	if (c->state == CALL_OVER || l->state == LEG_ENDED) {
		refuse(e, t, m->method == SIP_BYE ? 200 : 481, COUNT_REFUSE_NO_DIALOG, (struct span){ 0 });
		return;
	}
	leg_learn_request(e, l, m, &t->flow);
	if (referral_is_dialog(l)) { /* also how the subscription is ended: by 481 (RFC 6665 4.1.2.2) */
		refuse(e, t, 481, COUNT_REFUSE_NO_DIALOG, (struct span){ 0 });
		callend(e, c, COUNT_CALL_HUNGUP, 0, l);
		return;
	}
	if (m->method == SIP_NOTIFY && c->kind == CALL_SUBSCRIPTION)
		subscription_heard(e, c, m);
	if (m->method == SIP_BYE) {
		bye(e, l, t, m);
		return;
	}
	if (early_is_over(l)) {
		refuse(e, t, 481, COUNT_REFUSE_NO_DIALOG, (struct span){ 0 });
		return;
	}
	if (transfer_holds(l) || takeover_holds(l)) {
		refuse(e, t, 491, COUNT_REFUSE_GLARE, (struct span){ 0 });
		return;
	}
	if (refresh_refuses(e, t, m, refresh_conf(e, l)) || earlyupdate_takes(e, l, t, m) || glare_refuses(e, l, t, m))
		return;
	if (again && absorb_answer(e, l, t, m))
		return;
	if (m->method == SIP_REFER && refer_is_ours(e, l, t, m))
		return;
	if (dtmf_takes(e, l, t, m) || trickle_takes(e, t, m))
		return;
	p = pass_new(c, l, t, m);
	if (!p) {
		refuse(e, t, 500, COUNT_REFUSE_INTERNAL, (struct span){ 0 });
		return;
	}
	p->ends = last && c->kind == CALL_SUBSCRIPTION;
	pass_begin(e, p, m);
}

void indialog_ack(struct engine *e, struct leg *l, const struct sip_msg *m)
{
	const struct cseq *cseq = sip_msg_cseq(m);

	/* An ACK of an earlier INVITE, or one that came again, changes nothing. */
	if (!cseq || cseq->number != l->invite_cseq || !timer_runs(&l->answer_timer))
		return;
	passback_ack(e, l, m);
}

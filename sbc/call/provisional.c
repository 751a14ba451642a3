/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/provisional.h"

#include "alg/sip/rack.h"
#include "sbc/base/kept.h"
#include "sbc/call/leg.h"
#include "sbc/call/pass.h"
#include "sbc/call/passback.h"
#include "sbc/fork/early.h"
#include "sbc/fork/fork.h"
#include "sbc/media/media.h"
#include "sbc/offer/prack.h"
#include "sbc/offer/reliable.h"
#include "sbc/transfer/transfer.h"

static void acknowledge(struct engine *e, struct leg *l, const struct sip_msg *m)
{
	uint32_t rseq;

	if (reliable_is(m) && rseq_parse(sip_msg_value(m, SIP_HDR_RSEQ), &rseq) == 0)
		prack_send(e, l, rseq);
}

/* Goes on to the caller; who can't hear it reliably leaves the PRACK to us. */
static void send_provisional(struct engine *e, struct pass *p, struct leg *l, const struct sip_msg *m, struct span sdp)
{
	if (reliable_wanted(e, p, m)) {
		reliable_send(e, p, l, m, sdp);
		return;
	}
	passback_send(e, p, l->peer, m, sdp);
	acknowledge(e, l, m);
}

/* The SDP of a reliable response is no preview: without it this place can't be talked with. */
static void refuse_place(struct engine *e, struct branch *b, uint16_t status, enum count why)
{
	struct pass *p = b->pass;

	if (!p->setup) {
		passback_status(e, p, status, why);
		pass_give_up(e, p, (struct span){ 0 });
		return;
	}
	branch_cancel(e, b, (struct span){ 0 });
	b->status = status;
	fork_failed(e, b, NULL, why);
}

static void on_early_sdp(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;
	struct branch *b = w->user;
	struct pass *p = b->pass;
	enum count why;
	struct sip_msg m;
	struct leg *l;
	bool heard;

	/* A final response overtook it. */
	if (p->answered || b->cancelled || !kept_read(w->message, &m))
		return;
	l = branch_leg(e, b, &m);
	if (!l || !l->peer || l->state == LEG_ENDED)
		return;
	heard = !p->setup || early_is_heard(e, p, l, &m);
	m.status = early_status(e, l, m.status);
	if (a && a->sdp.n) {
		send_provisional(e, p, l, &m, reliable_settle(e, p, l, &m, a->sdp, heard));
	} else if (reliable_is(&m)) {
		uint16_t status = media_refusal(a, &why);

		refuse_place(e, b, status, why);
	} else {
		send_provisional(e, p, l, &m, SPAN("")); /* unreliable ones are only previews (O2) */
	}
}

/* A reliable response with an offer for the caller, or with the answer to ours. One at a time: who has to wait repeats
 * his, or, where he waits for no answer, is offered when he picks up. */
static bool ask_offer(struct engine *e, struct branch *b, struct leg *l, const struct sip_msg *m)
{
	struct pass *p = b->pass;
	struct call *c = p->call;
	bool wanted = reliable_wanted(e, p, m);

	if (!wanted && !l->early_offer) {
		refuse_place(e, b, 488, COUNT_REFUSE_SDP);
		return true;
	}
	if (reliable_is_taken(l->peer, l) && l->early_offer) {
		reliable_say(e, l, m, SPAN(""));
		return false;
	}
	if (reliable_is_taken(l->peer, l) || (c->offering && c->offering != l)) {
		reliable_untake(l, m);
		return true;
	}
	if (media_offer(e, l, l->peer, m, on_early_sdp, b) && wanted)
		c->offering = l;
	return true;
}

/* False: the response goes on without what it says about the session. */
static bool ask_relay(struct engine *e, struct branch *b, struct leg *l, const struct sip_msg *m)
{
	struct pass *p = b->pass;
	bool asked;

	if (reliable_is(m) && !p->offered) {
		if (reliable_has_agreed(l, l->peer))
			return false;
		return ask_offer(e, b, l, m);
	}
	/* Of a re-INVITE the session in force stays until the final answer: it must be there to go back to (R2). */
	if (!p->offered || (!reliable_is(m) && (!p->setup || !early_is_heard(e, p, l, m))))
		return false;
	asked = media_answer(e, l, l->peer, m, on_early_sdp, b);
	if (!asked && reliable_is(m))
		refuse_place(e, b, 503, COUNT_REFUSE_RELAY_GONE);
	return asked || reliable_is(m);
}

void provisional_received(struct engine *e, struct branch *b, const struct sip_msg *m)
{
	struct sip_msg changed = *m;
	struct pass *p = b->pass;
	struct leg *l;

	if (p->method != SIP_INVITE || p->answered)
		return;
	branch_ring_restart(e, b);
	if (transfer_asks(p)) {
		transfer_progress(e, b, m);
		return;
	}
	l = branch_leg(e, b, m);
	if (!l || !l->peer || l->state == LEG_ENDED || !reliable_take(e, p, l, m))
		return;
	if (!early_is_told(e, l, m->status)) {
		acknowledge(e, l, m);
		return;
	}
	changed.status = early_status(e, l, m->status);
	if (p->setup) {
		leg_learn_response(e, l, m);
		early_show(e, p, l);
		if (l->peer->state == LEG_NEW)
			l->peer->state = LEG_EARLY;
	}
	if (media_has_sdp(m) && ask_relay(e, b, l, m))
		return;
	send_provisional(e, p, l, &changed, media_is_foreign(m) || media_has_sdp(m) ? SPAN("") : (struct span){ 0 });
}

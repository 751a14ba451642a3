/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/offer/prack.h"

#include "alg/sip/rack.h"
#include "sbc/call/leg.h"
#include "sbc/call/own.h"
#include "sbc/call/pass.h"
#include "sbc/engine/respond.h"
#include "sbc/media/media.h"
#include "sbc/offer/reliable.h"

/* ----- ours ----- */

/* Nothing depends on what it is answered: who lacks it repeats its response. */
static void on_done(struct engine *e, struct own *o, uint16_t status, const struct sip_msg *m)
{
	(void)e, (void)o, (void)status, (void)m;
}

/* Who asks for credentials gets them in another one (A2). */
static bool send_answering(struct engine *e, struct leg *far, struct span rack)
{
	struct own_request r = { .method = SIP_PRACK, .lines = rack, .done = on_done };

	return credentials_has(e, far->trunk) && own_send(e, far, &r);
}

void prack_send(struct engine *e, struct leg *far, uint32_t rseq)
{
	char branch[TOKEN_BRANCH_LEN], text[64];
	struct writer id = writer_over(branch, sizeof(branch)), line = writer_over(text, sizeof(text));
	struct leg_request r = { .method = SPAN("PRACK"), .body = SPAN("") };
	struct span request;

	writer_format(&line, "RAck: %u %u INVITE\r\n", rseq, far->invite_cseq);
	if (send_answering(e, far, writer_done(&line)))
		return;
	txn_branch_write(&e->core, &id);
	r.cseq = leg_next_cseq(far);
	r.branch = writer_done(&id);
	r.lines = writer_done(&line);
	request = leg_request_write(e, far, &r);
	if (request.n)
		txn_client(&e->txns, SIP_PRACK, &far->flow, r.branch, request, NULL, NULL);
}

/* ----- theirs ----- */

/* What the SDP in a PRACK is (RFC 3262 5). */
enum sdp_role { SDP_NONE, SDP_ANSWER, SDP_OFFER, SDP_UNFIT };

static enum sdp_role role_of(const struct leg *l, const struct reliable_response *r, const struct sip_msg *m)
{
	if (media_is_foreign(m))
		return SDP_UNFIT;
	if (!media_has_sdp(m))
		return SDP_NONE;
	if (r->offer)
		return r->far ? SDP_ANSWER : SDP_UNFIT;
	if (!r->far || l->call->offer || !reliable_has_agreed(l, r->far) || !reliable_has_agreed(r->far, l))
		return SDP_UNFIT;
	return SDP_OFFER;
}

/* The PRACK goes on to whose response this was. */
static void pass_on(struct engine *e, struct leg *l, const struct reliable_response *r, struct txn *t,
		    const struct sip_msg *m)
{
	struct pass *p = pass_new(l->call, l, t, m);
	struct branch *b = p ? branch_new(p, r->far) : NULL;
	enum sdp_role role = role_of(l, r, m);

	if (!b) {
		if (p)
			pass_free(e, p);
		refuse(e, t, 500, COUNT_REFUSE_INTERNAL, (struct span){ 0 });
		return;
	}
	b->rseq = r->far_rseq;
	if (role == SDP_ANSWER) {
		p->answers = true;
		reliable_agree(e, l, r->far, m);
	} else if (role == SDP_OFFER) {
		l->call->offer = p;
	}
	pass_branch(e, b, m);
}

static void answer_here(struct engine *e, struct txn *t, bool unfit)
{
	struct answer ok = { .status = 200 };

	if (unfit) /* an offer while another is open, or to somebody who can't be asked */
		refuse(e, t, 488, COUNT_REFUSE_GLARE, (struct span){ 0 });
	else
		respond(e, t, &ok);
}

void prack_received(struct engine *e, struct leg *l, struct txn *t, const struct sip_msg *m)
{
	struct reliable_response *r;
	bool unfit, far_waits;
	struct rack rack;

	if (rack_parse(sip_msg_value(m, SIP_HDR_RACK), &rack)) {
		refuse(e, t, 400, COUNT_REFUSE_MALFORMED, SPAN("no RAck"));
		return;
	}
	r = reliable_acknowledged(e, l, &rack);
	if (!r) {
		refuse(e, t, 481, COUNT_REFUSE_PRACK, sip_msg_value(m, SIP_HDR_RACK));
		return;
	}
	unfit = role_of(l, r, m) == SDP_UNFIT;
	far_waits = r->far && r->far->state < LEG_ENDED && l->call->state != CALL_OVER;
	if (far_waits && !unfit) {
		pass_on(e, l, r, t, m);
	} else {
		answer_here(e, t, unfit);
		if (far_waits)
			prack_send(e, r->far, r->far_rseq);
	}
	reliable_go_on(e, l, r);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/transfer/referral.h"

#include "alg/sip/cseq.h"
#include "alg/sip/sipfrag.h"
#include "sbc/call/leg.h"
#include "sbc/call/own.h"
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

void referral_accept(struct engine *e, struct referral *r, struct txn *t, const struct sip_msg *refer)
{
	struct span own = r->silent ? SPAN("Refer-Sub: false\r\n") : (struct span){ 0 };
	struct answer a = { .status = 202, .to_tag = buf_span(r->by->local_tag) };

	a.lines = leg_response_lines(e, r->by, refer, NULL, 202, false, own);
	respond(e, t, &a);
	referral_tell(e, r, 100);
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

static void on_told(struct engine *e, struct own *o, uint16_t status, const struct sip_msg *m)
{
	(void)e, (void)o, (void)status, (void)m; /* who does not want to hear it need not */
}

void referral_tell(struct engine *e, struct referral *r, uint16_t status)
{
	char text[256], frag[128];
	struct writer lines = writer_over(text, sizeof(text)), body = writer_over(frag, sizeof(frag));
	struct own_request q = { .method = SIP_NOTIFY, .content_type = SPAN(SIPFRAG_TYPE), .done = on_told };

	if (r->silent || r->by->state != LEG_CONFIRMED || r->told == status)
		return;
	r->told = status;
	write_lines(&lines, r);
	sipfrag_write(&body, status, (struct span){ 0 });
	q.lines = writer_done(&lines);
	q.body = writer_done(&body);
	own_send(e, r->by, &q);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/stray.h"

#include "alg/nat/topology.h"
#include "alg/sip/cseq.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/routeset.h"

/* The route set of the dialog that the response makes (RFC 3261 12.1.2). */
static struct span route_set(const struct sip_msg *m, char *mem, uint32_t size)
{
	struct span one[SIP_FIELD_MAX];
	struct sip_walk walk = { 0 };
	struct writer w = writer_over(mem, size);
	unsigned n = 0;

	while (n < SIP_FIELD_MAX && sip_walk_next(m, SIP_HDR_RECORD_ROUTE, &walk, &one[n]))
		n++;
	while (n-- > 0) {
		writer_put(&w, one[n]);
		if (n)
			writer_put(&w, SPAN(", "));
	}
	return writer_done(&w);
}

static struct span via(struct engine *e, const struct flow *to, struct span branch, char *mem, uint32_t size)
{
	struct writer w = writer_over(mem, size);

	core_write_via(&e->core, &w, to, branch);
	return writer_done(&w);
}

/* All that a request in this dialog needs is in the response. Text in core.out_text. */
static struct span request_write(struct engine *e, const struct flow *to, const struct sip_msg *m, struct span method,
				 uint32_t cseq, struct span branch)
{
	struct writer out = writer_over(e->core.out_text, sizeof(e->core.out_text));
	char top[256], routes[4096], changed[4096];
	struct writer w = writer_over(changed, sizeof(changed));
	struct routeset where;
	struct nameaddr contact;
	struct topology_request r = {
		.method = method,
		.via = via(e, to, branch, top, sizeof(top)),
		.from = sip_msg_value(m, SIP_HDR_FROM),
		.to = sip_msg_value(m, SIP_HDR_TO),
		.call_id = sip_msg_value(m, SIP_HDR_CALL_ID),
		.cseq = cseq,
		.route = route_set(m, routes, sizeof(routes)),
		.max_forwards = 70,
		.body = SPAN(""),
	};

	if (nameaddr_parse(sip_msg_value(m, SIP_HDR_CONTACT), &contact) || contact.star)
		return (struct span){ 0 };
	where = routeset_apply(&w, r.route, contact.uri);
	r.uri = where.uri;
	r.route = where.route;
	topology_request_write(&out, NULL, &(struct topology_way){ 0 }, &r);
	return writer_done(&out);
}

/* With credentials, where its place asked for them before. text is in core.out_text. */
static struct span prove(struct engine *e, const struct flow *to, struct span text)
{
	struct writer w = writer_over(e->core.out_text, sizeof(e->core.out_text));

	w.n = text.n;
	credentials_add(e, trunks_of(&e->trunks, to), to, NULL, &w);
	return writer_done(&w);
}

static struct span new_branch(struct engine *e, char text[TOKEN_BRANCH_LEN])
{
	struct writer w = writer_over(text, TOKEN_BRANCH_LEN);

	txn_branch_write(&e->core, &w);
	return writer_done(&w);
}

void stray_end(struct engine *e, const struct flow *to, const struct sip_msg *m)
{
	char branch[TOKEN_BRANCH_LEN];
	struct cseq cseq;
	struct span text;

	core_count(&e->core, COUNT_CALL_STRAY_ANSWER);
	if (cseq_parse(sip_msg_value(m, SIP_HDR_CSEQ), &cseq))
		return;
	text = request_write(e, to, m, SPAN("ACK"), cseq.number, new_branch(e, branch));
	if (!text.n)
		return;
	core_send(&e->core, to, text);
	text = request_write(e, to, m, SPAN("BYE"), cseq.number + 1, new_branch(e, branch));
	if (text.n)
		text = prove(e, to, text);
	if (text.n)
		txn_client(&e->txns, SIP_BYE, to, span_of(branch, sizeof(branch)), text, NULL, NULL);
}

static void on_response(void *env, struct txn *t, const struct sip_msg *m)
{
	if (m->status >= 200 && m->status < 300)
		stray_end(env, &t->flow, m);
}

void stray_watch(struct txn *invite)
{
	static const struct txn_ops ops = { .response = on_response };

	invite->ops = &ops;
	invite->user = invite->home;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/absorb.h"

#include "alg/sip/cseq.h"
#include "alg/sip/nameaddr.h"
#include "sbc/call/connected.h"
#include "sbc/call/leg.h"
#include "sbc/call/refresh.h"
#include "sbc/engine/respond.h"

bool absorb_is_on(const struct engine *e, const struct leg *l)
{
	const struct config *conf = e->core.conf;

	return (l->trunk >= 0 ? conf->trunks[l->trunk].refresh : conf->realms[l->flow.realm].refresh) ==
	       CONF_REFRESH_ABSORB;
}

/* ----- what the peer said of its session ----- */

static const struct name nothing;

static bool is_same(const struct name *a, const struct name *b)
{
	return a->hi == b->hi && a->lo == b->lo;
}

/* All of it, not its o= line alone: there are phones that hold a call and do not count its version up. */
static struct name name_of(const struct engine *e, struct span sdp)
{
	struct span parts[] = { SPAN("sdp"), sdp };

	return core_name(&e->core, parts, 2);
}

void absorb_heard_offer(struct engine *e, struct leg *from, struct span sdp)
{
	if (absorb_is_on(e, from))
		from->offered = name_of(e, sdp);
}

void absorb_heard_answer(struct engine *e, struct leg *from, struct leg *to, struct span sdp)
{
	if (absorb_is_on(e, from))
		from->said = name_of(e, sdp);
	if (is_same(&to->offered, &nothing))
		return;
	to->said = to->offered;
	to->offered = nothing;
}

void absorb_forget_offer(struct leg *l)
{
	l->offered = nothing;
}

/* ----- is it a repetition? ----- */

static bool is_where_it_was(const struct leg *l, const struct flow *from, const struct sip_msg *m)
{
	struct sip_walk walk = { 0 };
	struct nameaddr contact;
	struct span one;

	if (l->trunk < 0 && !flow_eq(&l->flow, from))
		return false;
	if (!sip_walk_next(m, SIP_HDR_CONTACT, &walk, &one))
		return m->method == SIP_UPDATE;
	return nameaddr_parse(one, &contact) == 0 && l->target && span_eq(contact.uri, buf_span(l->target));
}

bool absorb_is_repetition(const struct engine *e, const struct leg *l, const struct flow *from, const struct sip_msg *m)
{
	struct span body = sip_msg_body(m);
	struct name said;

	if ((m->method != SIP_INVITE && m->method != SIP_UPDATE) || !absorb_is_on(e, l) ||
	    !is_where_it_was(l, from, m) || connected_changes(l, m))
		return false;
	if (!body.n) /* an INVITE without an offer asks for one */
		return m->method == SIP_UPDATE;
	said = name_of(e, body);
	return is_same(&said, &l->said);
}

/* ----- the answer ----- */

/* Two parties who agreed on a session, and nothing is about to change that. */
static bool is_settled(const struct leg *l)
{
	const struct call *c = l->call;

	return c->kind == CALL_INVITE && c->state == CALL_UP && !c->transfer && !c->takeover && c->leg[l->side] == l &&
	       l->state == LEG_CONFIRMED && l->peer->state == LEG_CONFIRMED;
}

bool absorb_answer(struct engine *e, struct leg *l, struct txn *t, const struct sip_msg *m)
{
	char text[REFRESH_LINES_MAX];
	struct writer own = writer_over(text, sizeof(text));
	struct answer ok = { .status = 200, .to_tag = buf_span(l->local_tag) };
	bool describes = sip_msg_body(m).n > 0;
	struct cseq cseq;

	if (!is_settled(l) || (describes && !l->sdp))
		return false;
	core_count(&e->core, COUNT_CALL_ABSORBED);
	refresh_answer(e, l, m, NULL, &own);
	if (describes) {
		ok.body = buf_span(l->sdp);
		writer_put(&own, SPAN("Content-Type: application/sdp\r\n"));
	}
	ok.lines = leg_response_lines(e, l, m, NULL, ok.status, describes, writer_done(&own));
	if (m->method == SIP_INVITE && cseq_parse(sip_msg_value(m, SIP_HDR_CSEQ), &cseq) == 0)
		l->invite_cseq = cseq.number;
	respond(e, t, &ok);
	if (m->method == SIP_INVITE)
		leg_answer_start(e, l, buf_span(t->sent));
	return true;
}

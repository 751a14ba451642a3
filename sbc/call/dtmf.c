/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/dtmf.h"

#include "alg/base/dtmf.h"
#include "alg/sip/dtmf_relay.h"
#include "sbc/call/leg.h"
#include "sbc/call/own.h"
#include "sbc/engine/respond.h"

static bool has_info(const struct engine *e, const struct leg *l)
{
	const struct config *conf = e->core.conf;

	return (l->trunk >= 0 ? conf->trunks[l->trunk].dtmf : conf->realms[l->flow.realm].dtmf) == CONF_DTMF_INFO;
}

void dtmf_ask(const struct engine *e, const struct leg *from, const struct leg *to, struct ng_request *r)
{
	r->sender_dtmf_info = has_info(e, from);
	r->receiver_dtmf_info = has_info(e, to);
}

static struct leg *leg_by_tag(const struct call *c, struct span tag)
{
	for (struct leg *l = c->legs; l; l = l->next)
		if (span_eq(span_str(l->media), tag))
			return l;
	return NULL;
}

static void on_done(struct engine *e, struct own *o, uint16_t status, const struct sip_msg *m)
{
	(void)m;
	if (status < 300)
		return;
	core_count(&e->core, COUNT_DTMF_UNTOLD);
	log_info(&e->core.log, "call %s: a digit was refused as INFO with %u", own_leg(o)->call->id, status);
}

void dtmf_heard(struct engine *e, struct call *c, const struct ng_answer *event)
{
	struct leg *from = leg_by_tag(c, event->from_tag);
	struct own_request r = {
		.method = SIP_INFO,
		.content_type = SPAN("application/dtmf-relay"),
		.done = on_done,
	};
	struct ng_value code, duration;
	char text[DTMF_RELAY_MAX];
	struct writer w = writer_over(text, sizeof(text));

	if (!from || !from->peer || !has_info(e, from->peer) || has_info(e, from) ||
	    ng_find(event->body, SPAN("code"), &code) || ng_find(event->body, SPAN("duration"), &duration) ||
	    code.integer < 0 || code.integer >= DTMF_N)
		return;
	dtmf_relay_write(&w, &(struct dtmf_relay){ (uint8_t)code.integer, (uint32_t)duration.integer });
	r.body = writer_done(&w);
	core_count(&e->core, own_send(e, from->peer, &r) ? COUNT_DTMF_TO_INFO : COUNT_DTMF_UNTOLD);
}

static void on_played(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;

	(void)w;
	if (a && span_eq(a->result, SPAN("ok")))
		return;
	core_count(&e->core, COUNT_DTMF_UNPLAYED);
	log_info(&e->core.log, "a digit that came as INFO is not dialled: %.*s",
		 SPAN_ARG(a ? a->error_reason : SPAN("the relay does not answer")));
}

bool dtmf_takes(struct engine *e, struct leg *l, struct txn *t, const struct sip_msg *m)
{
	const struct answer ok = { .status = 200, .request = m };
	struct dtmf_relay d;
	struct ng_request r = { .command = NG_PLAY_DTMF, .call_id = span_str(l->call->id) };
	char digit;

	if (m->method != SIP_INFO || !l->call->media || !l->peer || !has_info(e, l) || has_info(e, l->peer) ||
	    dtmf_relay_parse(sip_msg_value(m, SIP_HDR_CONTENT_TYPE), sip_msg_body(m), &d))
		return false;
	digit = dtmf_digit(d.event);
	r.from_tag = span_str(l->media);
	r.digits = span_of(&digit, 1);
	r.duration_ms = d.duration_ms;
	core_count(&e->core, COUNT_DTMF_FROM_INFO);
	if (!relaylink_ask(&e->relay, &r, NULL, on_played, e, NULL))
		core_count(&e->core, COUNT_DTMF_UNPLAYED);
	respond(e, t, &ok);
	return true;
}

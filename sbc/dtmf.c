/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/dtmf.h"

#include "alg/base/dtmf.h"
#include "alg/sip/dtmf_relay.h"
#include "sbc/leg.h"
#include "sbc/own.h"

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

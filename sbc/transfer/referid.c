/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/transfer/referid.h"

#include "alg/sip/event.h"
#include "sbc/call/call.h"

void referid_learn(struct leg *from, const struct leg *to)
{
	for (unsigned i = REFERS - 1; i > 0; i--)
		from->refer[i] = from->refer[i - 1];
	from->refer[0] = (struct refer_cseq){ .theirs = from->remote_cseq, .ours = to->local_cseq };
}

/* 0: none. NOTIFYs come back to who referred, SUBSCRIBEs follow the REFER. */
static uint32_t id_for(const struct leg *to, enum sip_method method, uint32_t id)
{
	const struct leg *referrer = method == SIP_NOTIFY ? to : to->peer;

	for (unsigned i = 0; referrer && i < REFERS; i++) {
		const struct refer_cseq *r = &referrer->refer[i];

		if (r->ours && method == SIP_NOTIFY && r->ours == id)
			return r->theirs;
		if (r->ours && method != SIP_NOTIFY && r->theirs == id)
			return r->ours;
	}
	return 0;
}

void referid_write(struct writer *w, const struct leg *to, const struct sip_msg *m)
{
	struct event event;
	uint32_t id;

	if (event_parse(sip_msg_value(m, SIP_HDR_EVENT), &event) || !span_ieq(event.package, SPAN("refer")) ||
	    span_u32(event.id, &id))
		return;
	id = id_for(to, m->method, id);
	if (id)
		writer_format(w, "Event: refer;id=%u\r\n", id);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/offer/ownoffer.h"

#include "alg/sdp/formats.h"
#include "sbc/call/callend.h"
#include "sbc/media/media.h"
#include "sbc/offer/reoffer.h"

bool ownoffer_is_due(const struct engine *e, const struct branch *b, const struct sip_msg *m)
{
	return b->pass->setup && m->method == SIP_INVITE && b->to->trunk >= 0 &&
	       e->core.conf->trunks[b->to->trunk].offer == CONF_OFFER_EARLY && !media_has_sdp(m);
}

/* What the caller might say, if it had to. The relay puts our own address in place of his; nothing is ever sent to this
 * one, for his answer comes first. */
static void write_offer(struct writer *w, const struct leg *near)
{
	struct addr host = near->flow.peer;
	char text[ADDR_TEXT_MAX];

	host.port = 0;
	writer_format(w, "v=0\r\no=- 1 1 IN IP%c %s\r\ns=-\r\n", host.family == ADDR_V6 ? '6' : '4',
		      addr_text(&host, text));
	writer_format(w, "c=IN IP%c %s\r\nt=0 0\r\n", host.family == ADDR_V6 ? '6' : '4', text);
	writer_str(w, "m=audio 9 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
		      "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n");
}

bool ownoffer_ask(struct engine *e, struct branch *b, const struct sip_msg *m, relaylink_done_fn *done)
{
	char text[512];
	struct writer w = writer_over(text, sizeof(text));

	write_offer(&w, b->pass->from);
	b->to->early_offer = true;
	return media_offer_own(e, b->pass->from, b->to, m, writer_done(&w), done, b);
}

bool ownoffer_agrees(struct engine *e, struct leg *near, struct leg *far, const struct sip_msg *m)
{
	if (formats_all_taken(buf_span(near->told), media_sdp(m)))
		return true;
	reoffer_keep(e, far, m, true);
	return false;
}

static void on_answer(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct leg *far = w->user;

	if (!a || !a->sdp.n)
		callend(env, far->call, a ? COUNT_REFUSE_SDP : COUNT_REFUSE_RELAY_GONE, 0, NULL);
}

void ownoffer_acked(struct engine *e, struct leg *near, struct leg *far, const struct sip_msg *m)
{
	leg_ack(e, far, (struct span){ 0 });
	if (ownoffer_agrees(e, near, far, m) && !media_answer(e, near, far, m, on_answer, far))
		callend(e, near->call, COUNT_REFUSE_RELAY_GONE, 0, NULL);
}

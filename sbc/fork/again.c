/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/fork/again.h"

#include "sbc/fork/hunt.h"

static struct span put(struct writer *w, struct span text)
{
	uint32_t at = w->n;

	writer_put(w, text);
	return span_of(w->p + at, w->n - at);
}

/* Where the INVITE went, whatever Contact the place has named since. */
static int find_place(struct branch *b, struct route *out)
{
	struct writer w = writer_over(out->text, sizeof(out->text));
	struct route_target *t = &out->target[0];
	const struct leg *l = b->to;
	struct sip_msg sent;

	if (!b->out->sent || sip_msg_index(buf_span(b->out->sent), &sent) != SIP_OK)
		return -1;
	*t = (struct route_target){ .route = b->route, .after = b->after, .again = b };
	t->leg.flow = b->out->flow;
	t->leg.trunk = l->trunk;
	t->leg.secure = l->secure;
	t->leg.uri = put(&w, sent.uri);
	t->leg.from = put(&w, buf_span(l->local));
	t->leg.to = put(&w, buf_span(l->remote));
	t->leg.call_id = put(&w, buf_span(l->call_id));
	t->leg.local_tag = put(&w, buf_span(l->local_tag));
	t->leg.cseq = l->local_cseq + 1;
	out->n = 1;
	out->used = w.n;
	out->by = NULL;
	return w.failed ? -1 : 0;
}

bool again_follow(struct engine *e, struct branch *b, const struct sip_msg *m)
{
	struct route place;

	return m && b->out && !b->cancelled && credentials_answer(e, b->to->trunk, &b->out->flow, m, &b->asked_who) &&
	       find_place(b, &place) == 0 && hunt_push(&b->pass->hunt, &place) == 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/dialport.h"

static void dialport_over(struct flow_table *t, uint32_t index, flow_notice_fn *tell, void *ctx)
{
	const struct notice n = { .kind = NOTICE_DIALLED, .index = index, .session = t->slow[index].session };

	flow_publish(t, index);
	tell(ctx, &n);
}

/* Where it has sent nothing, a stream of our own begins. */
static struct dial_last last_heard(const struct flow *f, const struct dial_order *o, uint64_t now)
{
	if (!f->in.packets)
		return (struct dial_last){ .ssrc = o->ssrc, .seq = (uint16_t)o->ssrc, .timestamp = ~o->ssrc };
	return (struct dial_last){ flow_heard_ms(f, now), f->measure.ssrc, f->measure.timestamp,
				   (uint16_t)f->measure.highest };
}

bool dialport_order(struct flow_table *t, const struct order *o, uint64_t now, flow_notice_fn *tell, void *ctx,
		    uint8_t out[DIAL_LEN])
{
	const struct flow *f = &t->flow[o->index];
	struct flow_slow *s = &t->slow[o->index];
	struct dial_last heard;

	if (f->in.use != FLOW_ON || f->in.kind != STREAM_RTP)
		return false;
	if (s->dial.order.id != o->dial.id) {
		flow_doubt(t, o->index); /* nothing is forwarded after what the digit follows */
		heard = last_heard(f, &o->dial, now);
		dial_begin(&s->dial, &o->dial, &heard);
		flow_publish(t, o->index);
	}
	if (!dial_is_due(&s->dial, now))
		return false;
	if (dial_make(&s->dial, now, out))
		dialport_over(t, o->index, tell, ctx);
	return true;
}

bool dialport_replace(struct flow_table *t, uint32_t index, const uint8_t *rtp, uint32_t n, flow_notice_fn *tell,
		      void *ctx, uint8_t out[DIAL_LEN])
{
	struct flow_slow *s = &t->slow[index];
	struct rtp_header h;

	if (!s->dial.active || rtp_parse(rtp, n, true, &h))
		return false;
	if (dial_replace(&s->dial, &h, t->flow[index].in.at_ms, out))
		dialport_over(t, index, tell, ctx);
	return true;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/plane_parts.h"

/* The frame leaves, if there is a way. */
static int reply_post(struct plane *p, const struct reply *reply, const struct way *w)
{
	const struct hop hop = plane_hop(p, w);
	struct order o = { .kind = ORDER_REPLY, .index = flow_index(&p->flows, reply->own), .reply.nic = hop.nic };
	const struct nic *nic;

	if (hop.nic == NIC_NONE)
		return -1;
	nic = &p->nics.open[hop.nic];
	o.reply.frame = reply_frame(&p->replies, reply, &hop, nic->mac, FRAME_ETHER + nic->mtu);
	if (!o.reply.frame)
		return -1;
	if (plane_order(p, &o) == 0)
		return 0;
	rte_pktmbuf_free(o.reply.frame);
	return -1;
}

void plane_replies_turn(struct plane *p, const struct way *way)
{
	struct reply_wait *w;

	while ((w = reply_next(&p->replies, way, clock_ms())) != NULL) {
		const struct way *held = w->way;

		w->way = NULL;
		if (way)
			(void)reply_post(p, &w->reply, way);
		netview_put(p->net, held);
	}
}

int plane_reply(void *ctx, struct own_port own, const struct addr *to, const uint8_t *bytes, uint16_t n)
{
	struct plane *p = ctx;
	const uint32_t index = flow_index(&p->flows, own);
	struct reply reply = { .own = own, .to = *to, .n = n };
	const struct way *w;
	int result = -1;

	if (index == 0 || !p->view[index].set || n > sizeof(reply.bytes))
		return -1;
	reply.from = p->c->realms[own.realm].address;
	reply.from.port = own.port;
	if (reply.from.family != to->family)
		return -1;
	memcpy(reply.bytes, bytes, n);
	w = netview_get(p->net, &p->c->realms[own.realm].address, to, p->now);
	if (!w)
		return -1;
	if (w->state == WAY_READY)
		result = reply_post(p, &reply, w);
	else if (w->state == WAY_RESOLVING) {
		w = reply_wait(&p->replies, &reply, w, clock_ms());
		result = 0;
	}
	if (w)
		netview_put(p->net, w);
	return result;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/burst_copy.h"

#include "alg/rtp/rtp.h"

/* The frame without what Ethernet padded. NULL without memory. */
static struct rte_mbuf *frame_copy(const struct rte_mbuf *m, uint32_t n, struct rte_mempool *pool)
{
	struct rte_mbuf *copy = pool ? rte_pktmbuf_alloc(pool) : NULL;

	if (!copy)
		return NULL;
	memcpy(rte_pktmbuf_mtod(copy, void *), rte_pktmbuf_mtod(m, const void *), n);
	copy->data_len = (uint16_t)n;
	copy->pkt_len = n;
	return copy;
}

/* Before the frame is rewritten: its checksum, if it was left to hardware, is made whole first. */
static void frame_renumber(uint8_t *p, const struct frame *f, uint16_t addresses, const struct payload_map *map)
{
	uint8_t *udp = p + f->udp, *rtp = p + frame_payload(f);
	const uint16_t before = frame_load16(rtp);

	if (frame_load16(udp + 6) && frame_udp_is_left(udp, addresses))
		frame_store16(udp + 6, frame_udp_complete(udp, f->payload_len, addresses, frame_load32(udp)));
	rtp[1] = (rtp[1] & 0x80) | payload_map_number(map, rtp[1] & 0x7f);
	frame_payload_changed(p, f, before, frame_load16(rtp));
}

/* One copy. It is the listener's port that counts it, and says whether RTCP feedback is taken out. */
static enum verdict packet_copy(const struct burst_packet *k, const struct rte_mbuf *m, const struct copy *c,
				struct burst_path *path)
{
	const struct flow_table *t = path->flows;
	const uint32_t from = c->port[COPY_FROM], to = c->port[COPY_TO];
	struct burst_packet copy = { .in = &t->flow[to], .frame = k->frame, .sum = k->sum, .kind = k->kind };
	struct burst_nic *nic;
	struct rte_mbuf *made;
	enum verdict why;

	if (copy.in->in.use != FLOW_ON)
		return VERDICT_STREAM_OFF;
	/* As hairpin_circles(): so nothing crosses us twice, whatever listeners say where they are. */
	if (t->slow[from].hairpin && t->slow[to].hairpin)
		return VERDICT_CIRCLE;
	copy.out = &t->flow[k->kind == RTP_CONTROL ? flow_control_exit(t, from, to) : to];
	if (copy.out->out.to.family == ADDR_NONE)
		return burst_aimless(&copy, path);
	nic = &path->nic[copy.out->out.to.tag[FLOW_TAG_NIC]];
	made = frame_copy(m, frame_len(&k->frame), nic->pool);
	if (!made)
		return VERDICT_NO_MEMORY;
	if (k->kind == RTP_MEDIA && payload_map_is_set(&c->map))
		frame_renumber(rte_pktmbuf_mtod(made, uint8_t *), &copy.frame, copy.sum, &c->map);
	if (nic->n == BURST_MAX)
		(void)burst_send(path);
	why = burst_onward(&copy, made, path);
	if (why != VERDICT_SENT)
		rte_pktmbuf_free(made);
	return why;
}

bool burst_copy(struct burst_packet *k, const struct rte_mbuf *m, struct burst_path *path)
{
	const uint32_t index = (uint32_t)(k->in - path->flows->flow);
	const struct copy *c = path->flows->slow[index].copies;
	unsigned n = 0;

	for (; c; c = copy_next(c, index)) {
		enum verdict why;

		if (c->port[COPY_FROM] != index)
			continue;
		n++;
		why = packet_copy(k, m, c, path);
		if (why != VERDICT_SENT)
			flow_count(&path->counts.of[why], 1);
	}
	flow_count(&path->copied, n);
	if (n && k->out == path->flows->flow)
		k->verdict = VERDICT_COPIED;
	return n != 0;
}

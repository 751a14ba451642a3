/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/burst.h"

#include <rte_ethdev.h>
#include <rte_prefetch.h>

#include "alg/rtp/rtp.h"

static const uint8_t verdict_of_fault[] = {
	[FRAME_OK] = VERDICT_NONE,
	[FRAME_SHORT] = VERDICT_SHORT,
	[FRAME_NOT_IP] = VERDICT_NOT_IP,
	[FRAME_IP_HEADER] = VERDICT_IP_HEADER,
	[FRAME_IP_CHECKSUM] = VERDICT_IP_CHECKSUM,
	[FRAME_FRAGMENT] = VERDICT_FRAGMENT,
	[FRAME_NOT_UDP] = VERDICT_NOT_UDP,
	[FRAME_UDP_LENGTH] = VERDICT_UDP_LENGTH,
};

static const uint8_t verdict_of_kind[] = {
	[RTP_MEDIA] = VERDICT_NONE,      [RTP_CONTROL] = VERDICT_NONE, [RTP_STUN] = VERDICT_STUN,
	[RTP_DTLS] = VERDICT_DTLS,       [RTP_ZRTP] = VERDICT_NOT_RTP, [RTP_TURN] = VERDICT_NOT_RTP,
	[RTP_UNKNOWN] = VERDICT_NOT_RTP,
};

static const uint8_t verdict_of_learn[] = {
	[LEARN_ACCEPT] = VERDICT_NONE,
	[LEARN_EARLY] = VERDICT_EARLY,
	[LEARN_REFUSE] = VERDICT_SOURCE,
	[LEARN_REFUSE_FIRST] = VERDICT_SOURCE,
};

unsigned burst_rx(struct burst *b, struct burst_path *path, uint16_t port, uint16_t queue)
{
	b->n = rte_eth_rx_burst(port, queue, b->mbuf, BURST_MAX);
	for (unsigned i = 0; i < b->n; i++)
		rte_prefetch0(rte_pktmbuf_mtod(b->mbuf[i], void *));
	flow_count(&path->received, b->n);
	return b->n;
}

void burst_parse(struct burst *b, const struct burst_path *path)
{
	for (unsigned i = 0; i < b->n; i++) {
		struct rte_mbuf *m = b->mbuf[i];
		struct frame *f = &b->frame[i];
		const uint8_t *p = rte_pktmbuf_mtod(m, const uint8_t *);

		b->index[i] = 0;
		b->verdict[i] = verdict_of_fault[frame_parse(p, rte_pktmbuf_data_len(m), f)];
		if (b->verdict[i] != VERDICT_NONE)
			continue;
		b->index[i] = flow_of(path->flows, &f->target, f->family, f->target_port);
		if (b->index[i] == 0) {
			b->verdict[i] = VERDICT_NOT_OURS;
			continue;
		}
		rte_prefetch0(&path->flows->flow[b->index[i]].in);
		b->kind[i] = (uint8_t)rtp_demux_quick(p + f->payload, f->payload_len);
		b->verdict[i] = verdict_of_kind[b->kind[i]];
	}
}

void burst_lookup(struct burst *b, const struct burst_path *path)
{
	const struct flow *flow = path->flows->flow;

	/* Packets that ended have index 0 or a port of ours: fetching for them does no harm. */
	for (unsigned i = 0; i < b->n; i++)
		rte_prefetch0(&flow[flow[b->index[i]].in.peer].out);
}

/* The long way for packets that are not plainly from the known source. */
static __rte_noinline enum verdict source_learn(struct burst *b, struct burst_path *path, unsigned i)
{
	const struct frame *f = &b->frame[i];
	const uint8_t *payload = rte_pktmbuf_mtod(b->mbuf[i], const uint8_t *) + f->payload;
	const bool media = b->kind[i] == RTP_MEDIA;
	const struct learn_packet p = {
		.source = host_addr(&f->source, f->family, f->source_port),
		.ssrc = media ? rtp_ssrc(payload) : 0,
		.seq = media ? rtp_seq(payload) : 0,
		.proves = media,
	};

	return verdict_of_learn[flow_learn(path->flows, b->index[i], &p, b->now, path->tell, path->tell_ctx)];
}

/* What came is no RTP or RTCP: its port's statistics say so. */
static __rte_noinline void malformed_count(const struct burst *b, struct burst_path *path, unsigned i)
{
	const uint32_t index = b->index[i];

	if (index && path->flows->flow[index].in.use != FLOW_UNUSED)
		flow_count(&path->flows->slow[index].malformed, 1);
}

/* May it speak here? Counts what may. */
static inline enum verdict packet_accept(struct burst *b, struct burst_path *path, unsigned i)
{
	const struct frame *f = &b->frame[i];
	struct flow *in = &path->flows->flow[b->index[i]];
	const uint8_t *payload = rte_pktmbuf_mtod(b->mbuf[i], const uint8_t *) + f->payload;
	enum verdict v;

	if (in->in.use != FLOW_ON)
		return in->in.use == FLOW_OFF ? VERDICT_STREAM_OFF : VERDICT_NO_SESSION;
	if (in->in.kind == STREAM_RTCP && b->kind[i] == RTP_MEDIA)
		return VERDICT_WRONG_PORT;
	if (!in->in.known || !host_eq(&in->in.source, &f->source) || in->in.source_port != f->source_port) {
		v = source_learn(b, path, i);
		if (v != VERDICT_NONE)
			return v;
	}
	if (b->kind[i] == RTP_MEDIA) {
		in->in.seq = rtp_seq(payload);
		__atomic_store_n(&in->in.ssrc, rtp_ssrc(payload), __ATOMIC_RELAXED);
	}
	__atomic_store_n(&in->in.at_ms, b->now, __ATOMIC_RELAXED);
	flow_count(&in->in.packets, 1);
	flow_count(&in->in.bytes, f->payload_len);
	return VERDICT_NONE;
}

/* Why a packet that was accepted cannot go on. */
static const uint8_t verdict_of_aim[] = {
	[AIM_NONE] = VERDICT_NO_TARGET,
	[AIM_NO_WAY] = VERDICT_NO_ROUTE,
};

static __rte_noinline enum verdict packet_unsent(struct burst_path *path, uint32_t in, const struct flow *out)
{
	flow_count(&path->flows->slow[in].unsent, 1);
	if (out == path->flows->flow)
		return VERDICT_NO_PEER;
	return out->out.aim == AIM_READY ? VERDICT_FAMILY : verdict_of_aim[out->out.aim];
}

/* Makes the packet the port's own and queues it. */
static inline void packet_send(struct burst *b, struct burst_path *path, unsigned i, struct flow *out)
{
	const struct flow_realm *realm = &path->flows->realm[out->out.realm];
	const struct frame_target to = {
		.source_mac = path->nic[out->out.nic].mac,
		.target_mac = out->out.mac,
		.source = &realm->address,
		.target = &out->out.target,
		.source_port = out->out.own_port,
		.target_port = out->out.target_port,
		.sum = out->out.sum,
		.dscp = realm->dscp,
	};
	struct burst_queue *queue = &path->queue[out->out.nic];
	const struct frame *f = &b->frame[i];
	struct rte_mbuf *m = b->mbuf[i];

	frame_rewrite(rte_pktmbuf_mtod(m, uint8_t *), f, &to);
	/* What Ethernet padded is not sent on. */
	m->data_len = (uint16_t)(f->payload + f->payload_len);
	m->pkt_len = m->data_len;
	queue->mbuf[queue->n++] = m;
	flow_count(&out->out.packets, 1);
	flow_count(&out->out.bytes, f->payload_len);
}

/* Onward from the peer port. */
static inline enum verdict packet_forward(struct burst *b, struct burst_path *path, unsigned i)
{
	struct flow *out = &path->flows->flow[path->flows->flow[b->index[i]].in.peer];

	if (unlikely(out->out.aim != AIM_READY || out->out.family != b->frame[i].family))
		return packet_unsent(path, b->index[i], out);
	packet_send(b, path, i, out);
	return VERDICT_SENT;
}

void burst_act(struct burst *b, struct burst_path *path)
{
	for (unsigned i = 0; i < b->n; i++) {
		if (unlikely(b->verdict[i] != VERDICT_NONE)) {
			malformed_count(b, path, i);
			continue;
		}
		b->verdict[i] = (uint8_t)packet_accept(b, path, i);
		if (likely(b->verdict[i] == VERDICT_NONE))
			b->verdict[i] = (uint8_t)packet_forward(b, path, i);
	}
}

static void queue_send(struct burst_path *path, unsigned nic)
{
	struct burst_queue *q = &path->queue[nic];
	const uint16_t sent = rte_eth_tx_burst(path->nic[nic].port, 0, q->mbuf, q->n);

	flow_count(&path->counts.of[VERDICT_SENT], sent);
	if (unlikely(sent < q->n)) {
		flow_count(&path->counts.of[VERDICT_QUEUE_FULL], (uint64_t)(q->n - sent));
		rte_pktmbuf_free_bulk(q->mbuf + sent, (unsigned)(q->n - sent));
	}
	q->n = 0;
}

void burst_tx(struct burst *b, struct burst_path *path)
{
	for (unsigned nic = 0; nic < path->nnic; nic++)
		if (path->queue[nic].n)
			queue_send(path, nic);
	for (unsigned i = 0; i < b->n; i++) {
		if (likely(b->verdict[i] == VERDICT_SENT))
			continue;
		flow_count(&path->counts.of[b->verdict[i]], 1);
		rte_pktmbuf_free(b->mbuf[i]);
	}
}

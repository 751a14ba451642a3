/* SPDX-License-Identifier: BSD-3-Clause */
/* shortcut.h: media that needs no thought is forwarded where it arrives (for BPF only): RTP from the source that a port
 * has learnt, simply the next packet of its stream, towards somebody who is known in the same family. It is counted,
 * measured and rewritten by the relay's own code in the relay's own memory. Whatever is odd comes to the relay. */
#ifndef NATSBC_RTPPROXY_BPF_SHORTCUT_H
#define NATSBC_RTPPROXY_BPF_SHORTCUT_H

#include <linux/bpf.h>
#include <linux/if_ether.h>

#include <bpf/bpf_helpers.h>

#include "alg/rtp/rtp.h"
#include "rtpproxy/bpf/flow_lines.h"
#include "rtpproxy/bpf/match.h"

/* The relay's table: it has as many elements as the relay has ports. */
struct flow_lines {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE | BPF_F_INNER_MAP);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct flow));
};

/* One for the programs of all interfaces. Empty: nothing is forwarded. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct flow_lines);
} flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct media_shortcut);
} shortcut SEC(".maps");

/* What is needed of a packet, and where it goes. */
struct passage {
	__u8 *p;
	struct frame f;
	struct flow *in, *out;
	const struct media_exit *exit;
};

/* The last field of struct frame_target in which a change is seen as one. */
static __always_inline __u32 *out_word(struct flow *out)
{
	return (__u32 *)&out->out.to.dscp;
}

static __always_inline int in_hold(struct flow *in)
{
	return __sync_val_compare_and_swap(&in->in.held, 0, 1) == 0;
}

static __always_inline int out_hold(struct flow *out)
{
	const __u32 free = *(volatile __u32 *)out_word(out);
	__u32 held = free;

	((__u8 *)&held)[3] = 1;
	if (((const __u8 *)&free)[3])
		return 0;
	return __sync_val_compare_and_swap(out_word(out), free, held) == free;
}

/* On x86 stores are seen in their order. */
static __always_inline void in_let(struct flow *in)
{
#ifdef __x86_64__
	barrier();
	*(volatile __u32 *)&in->in.held = 0;
#else
	(void)__sync_lock_test_and_set(&in->in.held, 0);
#endif
}

static __always_inline void out_let(struct flow *out)
{
#ifndef __x86_64__
	(void)__sync_fetch_and_add(out_word(out), 0);
#endif
	barrier();
	*(volatile __u8 *)&out->out.to.tag[FLOW_TAG_HELD] = 0;
}

/* Plain RTP in a frame without padding. Its header is within the packet. */
static __always_inline int passage_read(struct passage *g, const struct xdp_md *c, __u8 family)
{
	const __u32 udp = FRAME_ETHER + (family == ADDR_V4 ? FRAME_IPV4 : FRAME_IPV6);
	__u8 *p = (__u8 *)(long)c->data, *end = (__u8 *)(long)c->data_end;
	enum frame_fault fault;
	__u32 n;

	if (p + udp + FRAME_UDP + 12 > end)
		return 0;
	n = (__u32)(c->data_end - c->data);
	fault = family == ADDR_V4 ? frame_ipv4_parse(p, n, &g->f) : frame_ipv6_parse(p, n, &g->f);
	g->p = p;
	g->f.udp = (__u8)udp; /* as the verifier knows it */
	g->f.family = family;
	return fault == FRAME_OK && frame_len(&g->f) == n && rtp_is_plain_media(p + udp + FRAME_UDP, g->f.payload_len);
}

/* As packet_is_known() of burst.c has it. */
static __always_inline int passage_is_known(const struct passage *g)
{
	const struct host from = frame_source(g->p, &g->f);
	const struct flow *in = g->in;

	return (in->in.quick & (1 << RTP_MEDIA | FLOW_EDITED)) == 1 << RTP_MEDIA && host_eq(&in->in.source, &from) &&
	       in->in.source_port == frame_source_port(g->p, &g->f);
}

/* A checksum that was left to hardware would be completed by nobody after us. */
static __always_inline int passage_is_summed(const struct passage *g)
{
	const __u8 *udp = g->p + g->f.udp;

	if (frame_load16(udp + 6) == 0)
		return g->f.family == ADDR_V4;
	return !frame_udp_is_left(udp, g->in->in.sum);
}

static __always_inline int relay_is_there(struct flow *nobody)
{
	return bpf_ktime_get_coarse_ns() / 1000000 - *(volatile __u64 *)&nobody->in.at_ms < MEDIA_BEAT_MS;
}

/* The out line is ours; where it leads is looked at only now. */
static __always_inline void passage_send(struct passage *g)
{
	struct flow *out = g->out;
	const struct frame_target *to = &out->out.to;

	frame_readdress(g->p, g->f, frame_udp_updated(g->p + g->f.udp, g->f, g->in->in.sum, to), to, g->exit->mac);
	flow_count(&out->out.packets, 1);
	flow_count(&out->out.bytes, g->f.payload_len);
}

static __always_inline void passage_count(struct passage *g, __u64 now_us)
{
	const __u8 *rtp = g->p + frame_payload(&g->f);
	struct flow *in = g->in;

	relaxed_store(&in->in.payload_type, rtp_payload_type(rtp));
	rtp_measure_next(&in->measure, rtp_timestamp(rtp), rtp_marker(rtp), now_us);
	relaxed_store(&in->in.at_ms, bpf_ktime_get_coarse_ns() / 1000000);
	flow_count(&in->in.packets, 1);
	flow_count(&in->in.bytes, g->f.payload_len);
}

/* With the in line held. */
static __always_inline int passage_go(struct passage *g, void *table, const struct media_shortcut *s)
{
	const __u8 *rtp = g->p + frame_payload(&g->f);
	const __u32 peer = g->in->in.peer;
	__u32 nic;
	int gone = 0;

	if (!passage_is_known(g) || !passage_is_summed(g) || peer == 0 ||
	    !rtp_measure_is_next(&g->in->measure, rtp_ssrc(rtp), rtp_seq(rtp)))
		return 0;
	g->out = bpf_map_lookup_elem(table, &peer);
	if (!g->out || !out_hold(g->out))
		return 0;
	nic = g->out->out.to.tag[FLOW_TAG_NIC];
	if (g->out->out.to.family == g->f.family && nic < MEDIA_EXIT_MAX) {
		g->exit = &s->exit[nic];
		gone = g->exit->ifindex && frame_len(&g->f) <= g->exit->frame_max;
	}
	if (gone) {
		passage_count(g, bpf_ktime_get_ns() / 1000);
		passage_send(g);
	}
	out_let(g->out);
	return gone;
}

/* What becomes of the packet; XDP_ABORTED: it is the relay's, as it is. */
static __always_inline int passage_try(struct xdp_md *c, const struct datagram *d, __u8 family)
{
	const __u32 key = 0;
	const struct media_shortcut *s = bpf_map_lookup_elem(&shortcut, &key);
	void *table = bpf_map_lookup_elem(&flows, &key);
	struct passage g = { 0 };
	struct flow *nobody;
	__u32 index;
	int gone;

	if (!s || !table || d->range >= MEDIA_RANGE_MAX || !passage_read(&g, c, family))
		return XDP_ABORTED;
	index = s->base[d->range] + d->port;
	nobody = bpf_map_lookup_elem(table, &key);
	g.in = bpf_map_lookup_elem(table, &index);
	if (!g.in || !nobody || !passage_is_known(&g) || !relay_is_there(nobody) || !in_hold(g.in))
		return XDP_ABORTED;
	gone = passage_go(&g, table, s);
	in_let(g.in);
	if (!gone)
		return XDP_ABORTED;
	media_count(MEDIA_FORWARDED);
	return (int)bpf_redirect(g.exit->ifindex, 0);
}

static __always_inline int shortcut_try(struct xdp_md *c, const struct datagram *d)
{
	return d->ether == ETH_P_IP ? passage_try(c, d, ADDR_V4) : passage_try(c, d, ADDR_V6);
}

#endif

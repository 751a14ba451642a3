/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/burst.h"

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_prefetch.h>
#include <time.h>

#include "alg/net/frame_cross.h"
#include "alg/net/frame_make.h"
#include "alg/rtp/rtcp.h"
#include "alg/rtp/rtp.h"
#include "alg/rtp/sdes.h"
#include "rtpproxy/path/burst_copy.h"
#include "rtpproxy/path/covered.h"
#include "rtpproxy/path/dialport.h"
#include "rtpproxy/path/handover.h"

static const uint8_t verdict_of_fault[] = {
	[FRAME_OK] = VERDICT_NONE,
	[FRAME_SHORT] = VERDICT_SHORT,
	[FRAME_NOT_IP] = VERDICT_NOT_IP,
	[FRAME_IP_HEADER] = VERDICT_IP_HEADER,
	[FRAME_FRAGMENT] = VERDICT_FRAGMENT,
	[FRAME_NOT_UDP] = VERDICT_NOT_UDP,
	[FRAME_UDP_LENGTH] = VERDICT_UDP_LENGTH,
};

enum { CAPTURE_RTP_HEADER = 12 };

static const uint8_t verdict_of_kind[] = {
	[RTP_MEDIA] = VERDICT_NONE,      [RTP_CONTROL] = VERDICT_NONE, [RTP_STUN] = VERDICT_STUN,
	[RTP_DTLS] = VERDICT_DTLS,       [RTP_ZRTP] = VERDICT_NOT_RTP, [RTP_TURN] = VERDICT_NOT_RTP,
	[RTP_UNKNOWN] = VERDICT_NOT_RTP,
};

static const uint8_t verdict_of_learn[] = {
	[LEARN_ACCEPT] = VERDICT_NONE,         [LEARN_EARLY] = VERDICT_EARLY,   [LEARN_REFUSE] = VERDICT_SOURCE,
	[LEARN_REFUSE_FIRST] = VERDICT_SOURCE, [LEARN_BANNED] = VERDICT_BANNED,
};

/* By the clock of the kernel's programs: both measure the same streams. */
static uint64_t shared_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

void burst_begin(struct burst *b, const struct burst_path *path)
{
	for (unsigned i = 0, n = b->n; i < n; i++)
		rte_prefetch0(rte_pktmbuf_mtod(b->mbuf[i], void *));
	b->now_us = unlikely(path->flows->shared) ? shared_us()
						  : (uint64_t)((unsigned __int128)rte_rdtsc() * path->us_rate >> 64);
}

unsigned burst_rx(struct burst *b, struct burst_path *path, uint16_t port, uint16_t queue)
{
	b->n = rte_eth_rx_burst(port, queue, b->mbuf, BURST_MAX);
	burst_begin(b, path);
	flow_count(&path->received, b->n);
	return b->n;
}

/* Is it a datagram to one of our media ports, and what does it carry? */
static inline enum verdict packet_parse(struct burst_packet *k, const struct rte_mbuf *m, const struct flow_table *t)
{
	const uint8_t *p = rte_pktmbuf_mtod(m, const uint8_t *);
	struct frame f = { 0 };
	const enum frame_fault fault = frame_parse(p, rte_pktmbuf_data_len(m), &f);
	uint32_t index;

	k->in = t->flow;
	if (unlikely(fault != FRAME_OK))
		return verdict_of_fault[fault];
	k->frame = f;
	index = flow_of(t, frame_destination(p, &f), f.family, frame_destination_port(p, &f));
	if (unlikely(index == 0))
		return VERDICT_NOT_OURS;
	k->in += index;
	rte_prefetch0(&k->in->in);
	rte_prefetch0(&k->in->measure);
	if (likely(rtp_is_plain_media(p + frame_payload(&f), f.payload_len))) {
		k->kind = RTP_MEDIA;
		return VERDICT_NONE;
	}
	k->kind = (uint8_t)rtp_demux(p + frame_payload(&f), f.payload_len);
	return verdict_of_kind[k->kind];
}

void burst_parse(struct burst *b, const struct burst_path *path)
{
	const struct flow_table *t = path->flows;

	for (unsigned i = 0, n = b->n; i < n; i++)
		b->packet[i].verdict = (uint8_t)packet_parse(&b->packet[i], b->mbuf[i], t);
}

/* --- may it speak here? ------------------------------------------------------------------------------------- */

/* What came is no RTP or RTCP: its port's statistics say so. */
static __rte_noinline void malformed_count(struct flow_table *t, const struct flow *in)
{
	if (in->in.use != FLOW_UNUSED)
		flow_count(&t->slow[in - t->flow].malformed, 1);
}

/* Control is told of the telephone events that are over. */
static void packet_tell(const struct burst_packet *k, const uint8_t *rtp, struct flow_slow *s, struct burst_path *path,
			uint64_t now)
{
	const bool is_event = numbers_have(&s->gate.number, rtp_payload_type(rtp));
	struct digit over[2];
	const unsigned n = digit_hear(&s->digit, rtp, k->frame.payload_len, is_event, now, over);

	for (unsigned i = 0; i < n; i++) {
		const struct notice notice = {
			.kind = NOTICE_DIGIT,
			.index = (uint32_t)(k->in - path->flows->flow),
			.session = s->session,
			.ssrc = over[i].ssrc,
			.digit = { over[i].duration, over[i].event, over[i].payload_type },
		};

		path->tell(path->tell_ctx, &notice);
	}
}

/* What is accepted from a side that a client has had blocked: it counts as heard, and goes no further or silent. */
static __rte_noinline enum verdict packet_gate(const struct burst_packet *k, uint8_t *p, struct burst_path *path,
					       uint64_t now)
{
	struct flow_slow *s = &path->flows->slow[k->in - path->flows->flow];
	const struct gate *gate = &s->gate;
	uint8_t *payload = p + frame_payload(&k->frame);
	const uint32_t n = k->frame.payload_len;
	const enum gate_verdict verdict = gate_judge(gate, rtp_payload_type(payload));
	uint64_t before;

	if (gate->tell)
		packet_tell(k, payload, s, path, now);
	if (verdict != GATE_SILENCE)
		return verdict == GATE_BLOCK ? VERDICT_BLOCKED : VERDICT_NONE;
	before = checksum_add(0, payload, n);
	if (gate_silence(payload, n))
		return VERDICT_BLOCKED;
	frame_payload_changed(p, &k->frame, before, checksum_add(0, payload, n));
	return VERDICT_NONE;
}

/* As it arrived, with the payload or without. */
static __rte_noinline void packet_capture(const struct burst_packet *k, const struct rte_mbuf *m,
					  struct burst_path *path)
{
	const struct flow_slow *s = &path->flows->slow[k->in - path->flows->flow];
	const struct notice wake = { .kind = NOTICE_CAPTURED, .session = s->session };

	for (unsigned to = 0; path->capture && to < SINK_N; to++) {
		const enum datapath_capture how = sink_wants(s->capture, (enum sink)to);
		const bool headers = how == CAPTURE_HEADERS && k->kind == RTP_MEDIA;
		const uint32_t payload = headers ? CAPTURE_RTP_HEADER : k->frame.payload_len;

		if (how != CAPTURE_NONE &&
		    capture_take(path->capture, s->session, (enum sink)to, m, frame_payload(&k->frame) + payload))
			path->tell(path->tell_ctx, &wake);
	}
}

static inline bool packet_is_from(const struct burst_packet *k, const uint8_t *p, const struct flow *in, uint8_t quick)
{
	const struct host from = frame_source(p, &k->frame);

	return quick >> k->kind & 1 && host_eq(&in->in.source, &from) &&
	       in->in.source_port == frame_source_port(p, &k->frame);
}

static inline bool packet_is_known(const struct burst_packet *k, const uint8_t *p, const struct flow *in)
{
	return packet_is_from(k, p, in, in->in.quick);
}

/* SRTP. Who could not be heard anyway is not asked for a proof: so nobody uses up the numbers of others, or our time.
 * What is opened is the proof (M2). */
static enum verdict packet_open(struct burst_packet *k, uint8_t *p, struct learn_packet *packet,
				struct burst_path *path, uint64_t now)
{
	struct flow_table *t = path->flows;
	const uint32_t index = (uint32_t)(k->in - t->flow);
	struct cover *c = t->slow[index].cover;
	const bool known = packet_is_from(k, p, k->in, c->quick), control = k->kind == RTP_CONTROL;

	packet->authentic = true;
	if (known || flow_would_learn(t, index, packet, now)) {
		const enum verdict why = covered_open(c, p, &k->frame, k->sum, control, now);

		if (known || why != VERDICT_NONE)
			return why;
	}
	return verdict_of_learn[flow_learn(t, index, packet, now, path->tell, path->tell_ctx)];
}

/* The long way, for what is not plainly from the known source. Only here a damaged address could do harm. */
static __rte_noinline enum verdict packet_judge(struct burst_packet *k, uint8_t *p, struct burst_path *path,
						uint64_t now)
{
	const struct flow *in = k->in;
	const struct frame *f = &k->frame;
	const uint8_t *payload = p + frame_payload(f);
	const bool media = k->kind == RTP_MEDIA;
	const struct host from = frame_source(p, f);
	struct learn_packet packet = {
		.source = host_addr(&from, f->family, frame_source_port(p, f)),
		.ssrc = media ? rtp_ssrc(payload) : 0,
		.seq = media ? rtp_seq(payload) : 0,
		.media = media,
		.payload_type = media ? payload[1] & 0x7f : 0,
	};

	if (in->in.use != FLOW_ON)
		return in->in.use == FLOW_OFF ? VERDICT_STREAM_OFF : VERDICT_NO_SESSION;
	if (in->in.kind == STREAM_DATAGRAM && k->kind != RTP_UNKNOWN) {
		k->kind = RTP_UNKNOWN;
		return packet_is_known(k, p, in) ? VERDICT_NONE : packet_judge(k, p, path, now);
	}
	if (in->in.kind == STREAM_RTCP && media)
		return VERDICT_WRONG_PORT;
	if (!frame_header_is_sound(p, f))
		return VERDICT_IP_CHECKSUM;
	k->sum = frame_addresses_sum(p, f);
	if (cover_opens(path->flows->slow[in - path->flows->flow].cover))
		return packet_open(k, p, &packet, path, now);
	return verdict_of_learn[flow_learn(path->flows, (uint32_t)(in - path->flows->flow), &packet, now, path->tell,
					   path->tell_ctx)];
}

static __rte_always_inline void line_count(const struct burst_packet *k, const uint8_t *p, struct flow *in,
					   uint64_t now, uint64_t now_us)
{
	const uint8_t *payload = p + frame_payload(&k->frame);

	if (likely(k->kind == RTP_MEDIA)) {
		__atomic_store_n(&in->in.payload_type, rtp_payload_type(payload), __ATOMIC_RELAXED);
		rtp_measure_packet(&in->measure, rtp_ssrc(payload), rtp_seq(payload), rtp_timestamp(payload),
				   rtp_marker(payload), now_us);
	}
	__atomic_store_n(&in->in.at_ms, now, __ATOMIC_RELAXED);
	flow_count(&in->in.packets, 1);
	flow_count(&in->in.bytes, k->frame.payload_len);
}

/* Where the kernel's programs count, too, one at a time. */
static __rte_noinline void shared_count(const struct burst_packet *k, const uint8_t *p, struct flow *in, uint64_t now,
					uint64_t now_us)
{
	flow_in_hold(in);
	line_count(k, p, in, now, now_us);
	flow_in_let(in);
}

static __rte_noinline void shared_sent(struct flow *out, uint32_t bytes)
{
	flow_out_hold(out);
	flow_count(&out->out.packets, 1);
	flow_count(&out->out.bytes, bytes);
	flow_out_let(out);
}

/* RTCP that tells of the side at this port; that of the other direction comes to the port it leaves by. What is unsound
 * ends where names are hidden. */
static __rte_noinline void control_hear(struct burst_packet *k, const uint8_t *p, struct flow_table *t, uint64_t now_us)
{
	k->out = &t->flow[flow_control_exit(t, (uint32_t)(k->in - t->flow), (uint32_t)(k->out - t->flow))];
	(void)hearsay_take(&t->slow[k->in - t->flow].hearsay, &t->slow[k->out - t->flow].hearsay,
			   p + frame_payload(&k->frame), k->frame.payload_len, now_us);
}

/* A copy for control. */
static enum verdict packet_mail(const struct burst_packet *k, const uint8_t *p, const struct addr *source,
				struct burst_path *path)
{
	const uint32_t index = (uint32_t)(k->in - path->flows->flow);
	const struct notice n = { .kind = NOTICE_MAIL, .index = index };
	struct datapath_mail mail;

	mail.own = flow_own(path->flows, index);
	mail.session = path->flows->slow[index].session;
	mail.source = *source;
	mail.stun = k->kind == RTP_STUN;
	mail.n = k->frame.payload_len;
	memcpy(mail.bytes, p + frame_payload(&k->frame), mail.n);
	if (!mailbox_put(path->mailbox, &mail))
		return VERDICT_MAIL_RATE;
	path->tell(path->tell_ctx, &n);
	return VERDICT_MAIL;
}

/* STUN and DTLS: control's where its port wants them, from who may be true and is not too busy; else they end here. */
static __rte_noinline enum verdict packet_stray(const struct burst_packet *k, const struct rte_mbuf *m,
						struct burst_path *path, uint64_t now)
{
	const uint8_t *p = rte_pktmbuf_mtod(m, const uint8_t *);
	const uint32_t index = (uint32_t)(k->in - path->flows->flow);
	struct flow_slow *s = &path->flows->slow[index];
	struct host from;
	struct addr source;
	bool known;

	if (k->in->in.use != FLOW_ON || !s->cover || !path->mailbox ||
	    !(k->verdict == VERDICT_STUN ? s->cover->wants_stun : s->cover->wants_dtls))
		return (enum verdict)k->verdict;
	if (s->capture != CAPTURE_NONE)
		packet_capture(k, m, path);
	if (!frame_header_is_sound(p, &k->frame))
		return VERDICT_IP_CHECKSUM;
	if (k->frame.payload_len > DATAPATH_MAIL_MAX)
		return VERDICT_TOO_LONG;
	from = frame_source(p, &k->frame);
	source = host_addr(&from, k->frame.family, frame_source_port(p, &k->frame));
	if (!flow_may_write(path->flows, index, &source))
		return VERDICT_SOURCE;
	known = addr_eq(&source, &s->learn.source) || addr_eq(&source, &s->learn.expected);
	return cover_mail(s->cover, known, now) ? packet_mail(k, p, &source, path) : VERDICT_MAIL_RATE;
}

/* What is no RTP, or is control's. */
static __rte_noinline void packet_other(struct burst_packet *k, const struct rte_mbuf *m, struct burst_path *path,
					uint64_t now)
{
	if (k->verdict == VERDICT_STUN || k->verdict == VERDICT_DTLS)
		k->verdict = (uint8_t)packet_stray(k, m, path, now);
	if (k->verdict != VERDICT_MAIL)
		malformed_count(path->flows, k->in);
}

/* What is no RTP may well be for a stream that is none. */
static bool datagram_take(struct burst_packet *k, const struct flow *in)
{
	if (in->in.use == FLOW_UNUSED || in->in.kind != STREAM_DATAGRAM)
		return false;
	k->kind = RTP_UNKNOWN;
	k->verdict = VERDICT_NONE;
	return true;
}

/* It goes back to its sender, and would from there, where that is an echo, too. So each takes one from the hop limit.
 */
static void packet_echo(struct burst_packet *k, const struct rte_mbuf *m)
{
	k->hops = frame_hops(rte_pktmbuf_mtod(m, const uint8_t *), &k->frame);
	if (k->hops <= 1)
		k->verdict = VERDICT_CIRCLE;
}

/* Others hear it as it came, before anything is changed. True: copies wait in the queues. Apart, for what it needs
 * would take registers from the packets that it is not for. */
static __rte_noinline bool packet_edited(struct burst_packet *k, const struct rte_mbuf *m, struct burst_path *path)
{
	const struct flow_slow *s = &path->flows->slow[k->in - path->flows->flow];

	rte_prefetch0(&s->map);
	if (k->out == k->in && k->verdict == VERDICT_NONE)
		packet_echo(k, m);
	return s->copies && k->verdict == VERDICT_NONE && burst_copy(k, m, path);
}

void burst_accept(struct burst *b, struct burst_path *path)
{
	struct flow *const flow = path->flows->flow;
	const uint64_t now = b->now;
	const bool shared = path->flows->shared;
	bool copied = false;

	for (unsigned i = 0, n = b->n; i < n; i++) {
		struct burst_packet *k = &b->packet[i];
		struct flow *in = k->in;
		uint8_t *p;

		if (unlikely(k->verdict != VERDICT_NONE) && !datagram_take(k, in)) {
			packet_other(k, b->mbuf[i], path, now);
			continue;
		}
		p = rte_pktmbuf_mtod(b->mbuf[i], uint8_t *);
		k->out = &flow[in->in.peer];
		rte_prefetch0(&k->out->out);
		k->sum = in->in.sum;
		if (unlikely(!packet_is_known(k, p, in))) {
			if (path->flows->slow[in - flow].capture != CAPTURE_NONE)
				packet_capture(k, b->mbuf[i], path);
			k->verdict = (uint8_t)packet_judge(k, p, path, now);
			if (k->verdict != VERDICT_NONE)
				continue;
			if (k->kind == RTP_MEDIA && gate_is_shut(&path->flows->slow[in - flow].gate))
				k->verdict = (uint8_t)packet_gate(k, p, path, now);
		}
		if (unlikely(shared))
			shared_count(k, p, in, now, b->now_us);
		else
			line_count(k, p, in, now, b->now_us);
		if (unlikely(k->kind == RTP_CONTROL))
			control_hear(k, p, path->flows, b->now_us);
		if (unlikely(in->in.quick & FLOW_EDITED))
			copied |= packet_edited(k, b->mbuf[i], path);
	}
	/* The queues are empty when the packets themselves come to them. */
	if (unlikely(copied))
		(void)burst_send(path);
}

/* --- onward ------------------------------------------------------------------------------------------------- */

static __rte_noinline enum verdict packet_unsent(const struct burst_packet *k, const struct flow_table *t,
						 enum verdict why)
{
	flow_count(&t->slow[k->in - t->flow].unsent, 1);
	return why;
}

/* Why a packet that was accepted has nowhere to go. */
static enum verdict aim_verdict(const struct burst_packet *k, const struct flow_table *t)
{
	if (k->out == t->flow)
		return VERDICT_NO_PEER;
	return t->slow[k->out - t->flow].aim == AIM_NONE ? VERDICT_NO_TARGET : VERDICT_NO_ROUTE;
}

enum verdict burst_aimless(const struct burst_packet *k, const struct burst_path *path)
{
	const enum verdict why = aim_verdict(k, path->flows);

	/* That nobody is known yet who could hear it is no fault: so calls begin. */
	return why == VERDICT_NO_ROUTE ? packet_unsent(k, path->flows, why) : why;
}

/* It goes on in the other family, or nowhere. */
static __rte_noinline enum verdict packet_cross(struct burst_packet *k, struct rte_mbuf *m,
						const struct burst_path *path)
{
	const struct flow_table *t = path->flows;
	uint8_t *p = rte_pktmbuf_mtod(m, uint8_t *);

	if (k->out->out.to.family == ADDR_NONE)
		return burst_aimless(k, path);
	if (!frame_can_cross(p, &k->frame))
		return packet_unsent(k, t, VERDICT_NO_CHECKSUM);
	if (rte_pktmbuf_headroom(m) < FRAME_CROSS_ROOM)
		return packet_unsent(k, t, VERDICT_TOO_LONG);
	m->data_off = (uint16_t)(m->data_off + frame_cross(p, &k->frame, k->sum));
	return VERDICT_NONE;
}

/* RTCP names its sender: user and host. And its feedback is for who has negotiated it (RFC 4585 4.2). The frame is
 * rewritten already, so that its checksum is whole. */
static __rte_noinline enum verdict control_clean(struct burst_packet *k, uint8_t *p, const struct burst_path *path)
{
	const struct flow_slow *s = &path->flows->slow[k->in - path->flows->flow];
	uint8_t *payload = p + frame_payload(&k->frame);
	const uint32_t n = k->frame.payload_len;
	const uint64_t before = checksum_add(0, payload, n);
	uint32_t left = n;
	enum sdes found;

	found = sdes_hide(payload, n, &path->names);
	if (found == SDES_BROKEN) {
		malformed_count(path->flows, k->in);
		return VERDICT_RTCP;
	}
	if (s->no_feedback)
		left = rtcp_feedback_drop(payload, n);
	if (left == 0)
		return VERDICT_FEEDBACK;
	if (left < n)
		frame_payload_resized(p, &k->frame, (uint16_t)left, before, checksum_add(0, payload, left));
	else if (found == SDES_HIDDEN)
		frame_payload_changed(p, &k->frame, before, checksum_add(0, payload, n));
	return VERDICT_NONE;
}

/* The other side has another number for this payload. The marker bit stays. */
static void payload_renumber(const struct burst_packet *k, uint8_t *p, const struct payload_map *map)
{
	uint8_t *rtp = p + frame_payload(&k->frame);
	const uint16_t before = frame_load16(rtp);

	rtp[1] = (rtp[1] & 0x80) | payload_map_number(map, rtp[1] & 0x7f);
	frame_payload_changed(p, &k->frame, before, frame_load16(rtp));
}

/* A digit goes in its place, or it is renumbered. The frame is rewritten already: a digit makes it anew, f is its new
 * length. */
static __rte_noinline void packet_edit(const struct burst_packet *k, struct rte_mbuf *m, struct burst_path *path,
				       struct frame *f)
{
	const uint32_t index = (uint32_t)(k->in - path->flows->flow);
	const struct flow_slow *s = &path->flows->slow[index];
	uint8_t *p = rte_pktmbuf_mtod(m, uint8_t *), digit[DIAL_LEN];

	if (k->in == k->out)
		frame_hops_set(p, f, k->hops - 1);
	if (s->dial.active && rte_pktmbuf_tailroom(m) >= DIAL_LEN &&
	    dialport_replace(path->flows, index, p + frame_payload(f), f->payload_len, path->tell, path->tell_ctx,
			     digit)) {
		const struct frame_target to = flow_target(k->out);

		frame_make(p, &to, path->nic[to.tag[FLOW_TAG_NIC]].mac, digit, DIAL_LEN);
		f->payload_len = DIAL_LEN;
		return;
	}
	if (payload_map_is_set(&s->map))
		payload_renumber(k, p, &s->map);
}

/* As it is now, in its frame, it is sealed for the side that it goes to. */
static enum verdict packet_seal(const struct burst_packet *k, struct rte_mbuf *m, const struct burst_path *path,
				struct frame *f)
{
	const struct flow_table *t = path->flows;
	struct cover *c = t->slow[k->out - t->flow].cover;
	const uint32_t room = (uint32_t)m->buf_len - m->data_off;
	enum verdict why = covered_seal(c, rte_pktmbuf_mtod(m, uint8_t *), f, room, k->kind == RTP_CONTROL);

	if (why == VERDICT_NONE && frame_len(f) > path->nic[k->out->out.to.tag[FLOW_TAG_NIC]].frame_max)
		why = VERDICT_TOO_LONG;
	return why == VERDICT_NONE || why == VERDICT_NO_KEYS ? why : packet_unsent(k, t, why);
}

static enum verdict packet_forward_sealed(struct burst_packet *k, struct rte_mbuf *m, struct burst_path *path,
					  bool shared);

/* sealed: known where it is compiled. */
static __rte_always_inline enum verdict packet_onward(struct burst_packet *k, struct rte_mbuf *m,
						      struct burst_path *path, bool shared, bool sealed)
{
	struct flow *out = k->out;
	struct burst_nic *nic;
	struct frame f;
	uint8_t *p;

	if (unlikely((out->out.to.family & (sealed ? ~FLOW_SEALED : ~0)) != k->frame.family)) {
		enum verdict why;

		if (!sealed && out->out.to.family & FLOW_SEALED)
			return packet_forward_sealed(k, m, path, shared);
		why = packet_cross(k, m, path);
		if (why != VERDICT_NONE)
			return why;
	}
	f = k->frame;
	nic = &path->nic[out->out.to.tag[FLOW_TAG_NIC]];
	if (unlikely(frame_len(&f) > nic->frame_max))
		return packet_unsent(k, path->flows, VERDICT_TOO_LONG);
	p = rte_pktmbuf_mtod(m, uint8_t *);
	frame_rewrite(p, f, k->sum, &out->out.to, nic->mac);
	if (unlikely(k->in->in.quick & FLOW_EDITED) && k->kind == RTP_MEDIA)
		packet_edit(k, m, path, &f);
	if (unlikely(k->kind == RTP_CONTROL)) {
		const enum verdict why = control_clean(k, p, path);

		if (why != VERDICT_NONE)
			return why;
		f = k->frame;
	}
	if (sealed) {
		const enum verdict why = packet_seal(k, m, path, &f);

		if (why != VERDICT_NONE)
			return why;
	}
	/* What Ethernet padded is not sent on. */
	m->data_len = (uint16_t)frame_len(&f);
	m->pkt_len = m->data_len;
	if (unlikely(shared)) {
		shared_sent(out, f.payload_len);
	} else {
		flow_count(&out->out.packets, 1);
		flow_count(&out->out.bytes, f.payload_len);
	}
	nic->mbuf[nic->n++] = m;
	return VERDICT_SENT;
}

static inline enum verdict packet_forward(struct burst_packet *k, struct rte_mbuf *m, struct burst_path *path,
					  bool shared)
{
	return packet_onward(k, m, path, shared, false);
}

static __rte_noinline enum verdict packet_forward_sealed(struct burst_packet *k, struct rte_mbuf *m,
							 struct burst_path *path, bool shared)
{
	return packet_onward(k, m, path, shared, true);
}

enum verdict burst_onward(struct burst_packet *k, struct rte_mbuf *m, struct burst_path *path)
{
	return packet_onward(k, m, path, path->flows->shared, false);
}

void burst_forward(struct burst *b, struct burst_path *path)
{
	const bool shared = path->flows->shared;

	for (unsigned i = 0, n = b->n; i < n; i++)
		if (likely(b->packet[i].verdict == VERDICT_NONE))
			b->packet[i].verdict = (uint8_t)packet_forward(&b->packet[i], b->mbuf[i], path, shared);
}

void burst_handed(struct burst_path *path, struct rte_mbuf **m, unsigned n, unsigned given)
{
	flow_count(&path->counts.of[VERDICT_HANDED], given);
	if (likely(given == n))
		return;
	flow_count(&path->counts.of[VERDICT_WORKER_FULL], n - given);
	rte_pktmbuf_free_bulk(m + given, n - given);
}

/* By another worker's queue: that one counts what becomes of them. */
static __rte_noinline void queue_hand(struct burst_path *path, struct burst_nic *nic, enum verdict as)
{
	const struct handover_way way = { (uint8_t)(nic - path->nic), (uint8_t)as };

	burst_handed(path, nic->mbuf, nic->n, handover_leave(nic->hand, nic->mbuf, nic->n, way));
	nic->n = 0;
}

static void queue_send(struct burst_path *path, struct burst_nic *nic, enum verdict as)
{
	uint16_t sent;

	if (unlikely(nic->hand)) {
		queue_hand(path, nic, as);
		return;
	}
	sent = rte_eth_tx_burst(nic->port, nic->queue, nic->mbuf, (uint16_t)nic->n);
	flow_count(&path->counts.of[as], sent);
	if (unlikely(sent < nic->n)) {
		flow_count(&path->counts.of[VERDICT_QUEUE_FULL], nic->n - sent);
		rte_pktmbuf_free_bulk(nic->mbuf + sent, nic->n - sent);
	}
	nic->n = 0;
}

/* What is no whole datagram to a media port is the kernel's: ARP, ICMP, fragments, SIP. */
static const bool is_for_kernel[VERDICT_N] = {
	[VERDICT_NOT_IP] = true,  [VERDICT_IP_HEADER] = true,  [VERDICT_FRAGMENT] = true,
	[VERDICT_NOT_UDP] = true, [VERDICT_UDP_LENGTH] = true, [VERDICT_NOT_OURS] = true,
};

/* Counts and frees the packets that do not leave. */
static void burst_end(const struct burst *b, struct burst_path *path)
{
	const bool has_kernel = b->kernel != NIC_NONE;
	struct burst_nic *kernel = &path->nic[has_kernel ? b->kernel : 0];

	for (unsigned i = 0; i < b->n; i++) {
		if (b->packet[i].verdict == VERDICT_SENT || b->packet[i].verdict == VERDICT_HANDED)
			continue;
		if (has_kernel && is_for_kernel[b->packet[i].verdict]) {
			kernel->mbuf[kernel->n++] = b->mbuf[i];
			continue;
		}
		flow_count(&path->counts.of[b->packet[i].verdict], 1);
		rte_pktmbuf_free(b->mbuf[i]);
	}
	if (has_kernel && kernel->n)
		queue_send(path, kernel, VERDICT_TO_KERNEL);
}

void burst_pass(struct burst *b, struct burst_path *path, unsigned nic)
{
	struct burst_nic *to = &path->nic[nic];

	memcpy(to->mbuf, b->mbuf, b->n * sizeof(b->mbuf[0]));
	to->n = b->n;
	queue_send(path, to, VERDICT_FROM_KERNEL);
}

void burst_leave(struct burst_path *path, struct rte_mbuf **m, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const struct handover_way way = handover_way(m[i]), next = handover_way(m[i + 1 < n ? i + 1 : i]);
		struct burst_nic *nic = &path->nic[way.nic];

		nic->mbuf[nic->n++] = m[i];
		if (i + 1 == n || next.nic != way.nic || next.as != way.as)
			queue_send(path, nic, (enum verdict)way.as);
	}
}

unsigned burst_send(struct burst_path *path)
{
	unsigned leave = 0;

	for (unsigned i = 0; i < path->nnic; i++) {
		leave += path->nic[i].n;
		if (path->nic[i].n)
			queue_send(path, &path->nic[i], VERDICT_SENT);
	}
	return leave;
}

void burst_tx(struct burst *b, struct burst_path *path)
{
	if (unlikely(burst_send(path) < b->n))
		burst_end(b, path);
}

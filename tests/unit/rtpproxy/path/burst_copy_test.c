/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets that leave from other ports as well: what a listener hears, and when it ends. Queue n of the device is
 * interface n; copies are in its rings, what leaves as ever is still in the queues of the path. */
#include "rtpproxy/path/burst_copy.h"

#include "tests/unit/rtpproxy/burst_stage.h"

#include "tests/unit/rtpproxy/ringport.h"
#include "tests/unit/rtpproxy/srtp_peer.h"

#define AT_PHONE   "192.0.2.1:10000"
#define AT_PHONE_C "192.0.2.1:10001"
#define AT_TRUNK   "10.0.0.1:20000"
#define LISTENER   "203.0.113.77:7000"
#define LISTENER_C "203.0.113.77:7001"
#define LISTENER_6 "[2001:db8::77]:7000"

#define SUITE SRTP_SUITE_AES_CM_128_HMAC_SHA1_80

enum { NIC = 0 /* of listeners */, OTHER_CALL = 9 };

static const struct own_port phone = { PHONES, 10000 }, phone_c = { PHONES, 10001 }, trunk = { TRUNKS, 20000 },
			     ear = { TRUNKS, 20010 }, ear_c = { TRUNKS, 20011 }, ear_6 = { SIX, 30010 };

static struct ringport ring;

static int copy_begin(void **state)
{
	struct stage *s;

	begin(state);
	s = *state;
	ringport_open(&ring, "copies", RINGPORT_QUEUES, pool);
	for (unsigned i = 0; i < s->path.nnic; i++) {
		s->path.nic[i].port = ring.port;
		s->path.nic[i].queue = (uint16_t)i;
		s->path.nic[i].pool = pool;
	}
	return 0;
}

static int copy_end(void **state)
{
	for (unsigned q = 0; q < RINGPORT_QUEUES; q++)
		(void)ringport_sent(&ring, q);
	burst_free(*state);
	ringport_close(&ring);
	return end(state);
}

#define COPY_TEST(what) cmocka_unit_test_setup_teardown(what, copy_begin, copy_end)

static uint32_t at(const struct stage *s, struct own_port own)
{
	return flow_index(&s->flows, own);
}

/* A port of the call, or of another one, whose interface is that of listeners. */
static void open_port(struct stage *s, struct port_spec spec)
{
	struct order o = { .kind = ORDER_SET, .index = at(s, spec.own) };

	if (!spec.session)
		spec.session = 1;
	spec.window_open = true;
	o.set.cover = cover_is_asked(&spec) ? cover_new(&spec, NULL, NULL) : NULL;
	o.set.spec = spec;
	o.set.peer = at(s, spec.peer);
	o.set.expected = (struct hop){ .mac = { 2, 0, 0, 0, 0, 7 }, .nic = NIC };
	flow_order(&s->flows, &o, 0, tell, s);
	cover_pile_free(&s->flows.covers);
}

static void listener(struct stage *s, struct own_port own, const char *who)
{
	open_port(s, (struct port_spec){ .own = own, .dscp = 40, .policy = LATCH_SDP_IP, .expected = addr(who) });
}

static void order_copy(struct stage *s, struct own_port from, struct own_port to, struct payload_map map)
{
	struct order o = { .kind = ORDER_COPY, .index = at(s, from) };

	o.copy = copy_new(at(s, from), at(s, to), &map);
	flow_order(&s->flows, &o, 0, tell, s);
	copy_pile_free(&s->flows.copies);
}

static void copy(struct stage *s, struct own_port from, struct own_port to)
{
	order_copy(s, from, to, (struct payload_map){ 0 });
}

static void uncopy(struct stage *s, struct own_port from, struct own_port to)
{
	const struct order o = { .kind = ORDER_UNCOPY, .index = at(s, from), .uncopy = at(s, to) };

	flow_order(&s->flows, &o, 0, tell, s);
	copy_pile_free(&s->flows.copies);
}

static void clear(struct stage *s, struct own_port own)
{
	const struct order o = { .kind = ORDER_CLEAR, .index = at(s, own) };

	flow_order(&s->flows, &o, 0, tell, s);
	cover_pile_free(&s->flows.covers);
	copy_pile_free(&s->flows.copies);
}

/* One packet comes; how it ends. */
static enum verdict come(struct stage *s, const char *from, const char *to, struct span payload)
{
	burst_free(s);
	put(s, from, to, payload);
	run(s);
	return (enum verdict)s->b.packet[0].verdict;
}

static uint64_t count(const struct stage *s, enum verdict v)
{
	return s->path.counts.of[v];
}

/* What left by the interface of listeners just now, whole, from that port to that address; its payload. */
static struct span heard(struct own_port from, const char *by)
{
	static uint8_t bytes[2048];
	const struct addr to = addr(by);
	struct rte_mbuf *m = NULL;
	const struct host want = host_of(&to);
	struct host target;
	struct frame f;

	if (rte_ring_sc_dequeue(ring.out[NIC], (void **)&m) != 0)
		fail_msg("%s hears nothing", by);
	memcpy(bytes, rte_pktmbuf_mtod(m, uint8_t *), m->data_len);
	assert_int_equal(frame_parse(bytes, m->data_len, &f), FRAME_OK);
	assert_int_equal(frame_len(&f), m->pkt_len);
	assert_int_equal(m->data_len, m->pkt_len);
	rte_pktmbuf_free(m);
	assert_true(frame_load16(bytes + f.udp + 6) == 0 || datagram_sound(bytes));
	assert_int_equal(__builtin_bswap16(frame_source_port(bytes, &f)), from.port);
	assert_int_equal(__builtin_bswap16(frame_destination_port(bytes, &f)), to.port);
	target = frame_destination(bytes, &f);
	assert_true(host_eq(&target, &want));
	return span_of((const char *)bytes + frame_payload(&f), f.payload_len);
}

static void assert_heard(struct own_port from, const char *by, struct span want)
{
	const struct span got = heard(from, by);

	assert_int_equal(got.n, want.n);
	assert_memory_equal(got.p, want.p, want.n);
}

static void assert_silence(void)
{
	for (unsigned q = 0; q < RINGPORT_QUEUES; q++)
		assert_int_equal(ringport_sent(&ring, q), 0);
}

/* --- what is heard ------------------------------------------------------------------------------------------ */

static void voice_goes_on_and_to_the_listener(void **state)
{
	struct stage *s = *state;
	const struct flow *out;

	listener(s, ear, LISTENER);
	copy(s, phone, ear);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(come(s, PHONE, AT_PHONE, SPAN(RTP)), VERDICT_SENT);
		assert_heard(ear, LISTENER, SPAN(RTP));
		assert_silence();
		assert_int_equal(s->path.nic[1].n, 1);
	}
	/* And nothing of the other direction, unless that is asked for, too. */
	assert_int_equal(come(s, TRUNK, AT_TRUNK, SPAN(RTP)), VERDICT_SENT);
	assert_silence();
	copy(s, trunk, ear);
	assert_int_equal(come(s, TRUNK, AT_TRUNK, SPAN(RTP)), VERDICT_SENT);
	assert_heard(ear, LISTENER, SPAN(RTP));
	out = &s->flows.flow[at(s, ear)];
	assert_int_equal(out->out.packets, 4);
	assert_int_equal(out->out.bytes, 4 * (sizeof(RTP) - 1));
	assert_int_equal(s->path.copied, 4);
	assert_int_equal(count(s, VERDICT_SENT), 4); /* that have left: the originals are in the queues yet */
}

static void what_a_listener_says_goes_nowhere(void **state)
{
	struct stage *s = *state;

	listener(s, ear, LISTENER);
	copy(s, phone, ear);
	assert_int_equal(come(s, LISTENER, "10.0.0.1:20010", SPAN(RTP)), VERDICT_NO_PEER);
	assert_int_equal(s->flows.flow[at(s, ear)].in.packets, 1);
	assert_silence();
}

static void rtcp_has_its_own_port_or_that_of_rtp(void **state)
{
	struct stage *s = *state;

	listener(s, ear, LISTENER);
	open_port(s, (struct port_spec){
			     .own = ear_c, .kind = STREAM_RTCP, .policy = LATCH_SDP_IP, .expected = addr(LISTENER_C) });
	copy(s, phone, ear);
	copy(s, phone_c, ear_c);
	assert_int_equal(come(s, "198.51.100.7:4001", AT_PHONE_C, SPAN(RTCP)), VERDICT_SENT);
	assert_heard(ear_c, LISTENER_C, SPAN(RTCP));
	uncopy(s, phone_c, ear_c);
	copy(s, phone_c, ear);
	assert_int_equal(come(s, "198.51.100.7:4001", AT_PHONE_C, SPAN(RTCP)), VERDICT_SENT);
	assert_heard(ear, LISTENER, SPAN(RTCP));
	assert_silence();
}

/* The source has one port for both, the listener has two, or one as well. */
static void rtcp_of_a_muxed_source(void **state)
{
	static const struct {
		bool mux;
		struct own_port from;
		const char *to;
	} cases[] = {
		{ true, { TRUNKS, 20010 }, LISTENER },
		{ false, { TRUNKS, 20011 }, LISTENER_C },
	};
	struct stage *s = *state;

	for (unsigned i = 0; i < 2; i++) {
		open_port(s, (struct port_spec){ .own = phone,
						 .peer = trunk,
						 .mux = true,
						 .policy = LATCH_SDP_IP,
						 .expected = addr(PHONE) });
		open_port(s, (struct port_spec){ .own = ear,
						 .mux = cases[i].mux,
						 .policy = LATCH_SDP_IP,
						 .expected = addr(LISTENER) });
		open_port(s, (struct port_spec){ .own = ear_c,
						 .kind = STREAM_RTCP,
						 .policy = LATCH_SDP_IP,
						 .expected = addr(LISTENER_C) });
		copy(s, phone, ear);
		come(s, PHONE, AT_PHONE, SPAN(RTCP));
		assert_heard(cases[i].from, cases[i].to, SPAN(RTCP));
		assert_silence();
	}
}

static void feedback_is_for_who_may_have_it(void **state)
{
	/* A receiver report, and a request for a picture. */
	static const char both[] = RTCP "\x81\xce\x00\x02\x01\x02\x03\x04\x05\x06\x07\x08";
	struct stage *s = *state;

	for (unsigned i = 0; i < 2; i++) {
		open_port(s, (struct port_spec){ .own = ear, .no_feedback = i, .expected = addr(LISTENER) });
		copy(s, phone_c, ear);
		assert_int_equal(come(s, "198.51.100.7:4001", AT_PHONE_C, span_of(both, sizeof(both) - 1)),
				 VERDICT_SENT);
		assert_heard(ear, LISTENER, i ? SPAN(RTCP) : span_of(both, sizeof(both) - 1));
	}
}

static void in_the_other_family(void **state)
{
	struct stage *s = *state;

	listener(s, ear_6, LISTENER_6);
	listener(s, ear, LISTENER);
	copy(s, phone, ear_6);
	copy(s, phone, ear);
	assert_int_equal(come(s, PHONE, AT_PHONE, SPAN(RTP)), VERDICT_SENT);
	assert_heard(ear, LISTENER, SPAN(RTP));
	assert_heard(ear_6, LISTENER_6, SPAN(RTP));
}

/* The checksum of the second packet was left to hardware, the third has none. */
static void payloads_have_other_numbers_there(void **state)
{
	struct payload_map map = { 0 };
	struct stage *s = *state;

	payload_map_add(&map, 0, 8);
	listener(s, ear, LISTENER);
	order_copy(s, phone, ear, map);
	for (unsigned i = 0; i < 3; i++) {
		char want[sizeof(RTP)] = RTP;
		uint8_t *udp;

		burst_free(s);
		put(s, PHONE, AT_PHONE, SPAN(RTP));
		udp = rte_pktmbuf_mtod(s->b.mbuf[0], uint8_t *) + FRAME_ETHER + FRAME_IPV4;
		if (i == 1)
			datagram_put16(udp + 6,
				       datagram_pseudo(udp - FRAME_IPV4 - FRAME_ETHER, FRAME_UDP + sizeof(RTP) - 1));
		if (i == 2)
			frame_store16(udp + 6, 0);
		run(s);
		assert_int_equal(s->b.packet[0].verdict, VERDICT_SENT);
		want[1] = 8;
		assert_heard(ear, LISTENER, span_of(want, sizeof(RTP) - 1));
		assert_memory_equal(udp + FRAME_UDP, RTP, sizeof(RTP) - 1);
	}
	/* Asked for again, with another map. */
	copy(s, phone, ear);
	assert_int_equal(come(s, PHONE, AT_PHONE, SPAN(RTP)), VERDICT_SENT);
	assert_heard(ear, LISTENER, SPAN(RTP));
	assert_silence();
}

/* --- sealed ------------------------------------------------------------------------------------------------- */

static void sealed_for_a_listener(void **state)
{
	const struct srtp_key ours = srtp_peer_key(SUITE, 1), theirs = srtp_peer_key(SUITE, 2);
	struct stage *s = *state;
	struct srtp_peer peer;
	uint8_t got[512];
	struct span sealed;
	uint32_t n;

	srtp_peer_open(&peer, &ours, &theirs);
	open_port(s, (struct port_spec){ .own = ear,
					 .mux = true,
					 .opens = theirs,
					 .seals = ours,
					 .policy = LATCH_SDP_IP,
					 .expected = addr(LISTENER) });
	copy(s, phone, ear);
	copy(s, phone_c, ear);
	assert_int_equal(come(s, PHONE, AT_PHONE, SPAN(RTP)), VERDICT_SENT);
	sealed = heard(ear, LISTENER);
	memcpy(got, sealed.p, sealed.n);
	n = srtp_peer_hears(&peer, got, sealed.n, false);
	assert_int_equal(n, sizeof(RTP) - 1);
	assert_memory_equal(got, RTP, n);
	assert_int_equal(come(s, "198.51.100.7:4001", AT_PHONE_C, SPAN(RTCP)), VERDICT_SENT);
	sealed = heard(ear, LISTENER);
	memcpy(got, sealed.p, sealed.n);
	n = srtp_peer_hears(&peer, got, sealed.n, true);
	assert_int_equal(n, sizeof(RTCP) - 1);
	assert_memory_equal(got, RTCP, n);
	srtp_peer_close(&peer);
}

/* Two sources that number alike: nothing is sealed twice under one number, and the call goes on. */
static void no_number_is_sealed_twice(void **state)
{
	const struct srtp_key ours = srtp_peer_key(SUITE, 1), theirs = srtp_peer_key(SUITE, 2);
	struct stage *s = *state;

	open_port(s, (struct port_spec){ .own = ear, .opens = theirs, .seals = ours, .expected = addr(LISTENER) });
	copy(s, phone, ear);
	copy(s, trunk, ear);
	assert_int_equal(come(s, PHONE, AT_PHONE, SPAN(RTP)), VERDICT_SENT);
	assert_int_equal(heard(ear, LISTENER).n, sizeof(RTP) - 1 + 10);
	assert_int_equal(come(s, TRUNK, AT_TRUNK, SPAN(RTP)), VERDICT_SENT);
	assert_silence();
	assert_int_equal(count(s, VERDICT_UNSEALED), 1);
	assert_int_equal(s->flows.slow[at(s, ear)].unsent, 1);
	assert_int_equal(s->flows.slow[at(s, trunk)].unsent, 0);
}

static void what_came_sealed_is_heard_in_the_clear(void **state)
{
	const struct srtp_key ours = srtp_peer_key(SUITE, 1), theirs = srtp_peer_key(SUITE, 2);
	struct stage *s = *state;
	struct srtp_peer peer;
	uint8_t sealed[512] = RTP;
	uint32_t n;

	srtp_peer_open(&peer, &ours, &theirs);
	open_port(s, (struct port_spec){ .own = phone,
					 .peer = trunk,
					 .opens = theirs,
					 .seals = ours,
					 .policy = LATCH_SDP_IP,
					 .expected = addr(PHONE) });
	listener(s, ear, LISTENER);
	copy(s, phone, ear);
	n = srtp_peer_seals(&peer, sealed, sizeof(RTP) - 1, false);
	assert_int_equal(come(s, PHONE, AT_PHONE, span_of((const char *)sealed, n)), VERDICT_SENT);
	assert_heard(ear, LISTENER, SPAN(RTP));
	/* Nor is what cannot be opened copied. */
	assert_int_equal(come(s, PHONE, AT_PHONE, span_of((const char *)sealed, n)), VERDICT_REPLAYED);
	assert_int_equal(come(s, PHONE, AT_PHONE, SPAN(RTP)), VERDICT_NOT_AUTHENTIC);
	assert_silence();
	srtp_peer_close(&peer);
}

/* --- what is not heard --------------------------------------------------------------------------------------- */

static void what_is_not_accepted_is_not_copied(void **state)
{
	struct stage *s = *state;

	listener(s, ear, LISTENER);
	copy(s, phone, ear);
	assert_int_equal(come(s, "198.51.100.66:4000", AT_PHONE, SPAN(RTP)), VERDICT_SOURCE);
	assert_int_equal(come(s, PHONE, AT_PHONE, SPAN(STUN)), VERDICT_STUN);
	open_port(s, (struct port_spec){ .own = phone,
					 .peer = trunk,
					 .gate.media = true,
					 .policy = LATCH_SDP_IP,
					 .expected = addr(PHONE) });
	assert_int_equal(come(s, PHONE, AT_PHONE, SPAN(RTP)), VERDICT_BLOCKED);
	assert_silence();
	assert_int_equal(s->path.copied, 0);
}

/* However a copy ends, the packet goes on, and the end has a name. */
static void what_cannot_leave_is_counted(void **state)
{
	static const struct {
		struct port_spec spec;
		enum verdict why;
		uint64_t unsent;
	} cases[] = {
		{ { .drop = true }, VERDICT_STREAM_OFF, 0 },
		{ { .policy = LATCH_OPEN }, VERDICT_NO_TARGET, 0 },
		{ { .awaits_keys = true }, VERDICT_NO_KEYS, 0 },
	};
	struct stage *s = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct port_spec spec = cases[i].spec;

		spec.own = ear;
		if (spec.policy != LATCH_OPEN)
			spec.expected = addr(LISTENER);
		open_port(s, spec);
		copy(s, phone, ear);
		assert_int_equal(come(s, PHONE, AT_PHONE, SPAN(RTP)), VERDICT_SENT);
		assert_int_equal(count(s, cases[i].why), 1);
		assert_int_equal(s->flows.slow[at(s, ear)].unsent, cases[i].unsent);
		assert_silence();
		clear(s, ear);
	}
	/* A port that has no way: see sessions(). */
	copy(s, phone, (struct own_port){ TRUNKS, 20004 });
	assert_int_equal(come(s, PHONE, AT_PHONE, SPAN(RTP)), VERDICT_SENT);
	assert_int_equal(count(s, VERDICT_NO_ROUTE), 1);
	assert_int_equal(s->flows.slow[at(s, (struct own_port){ TRUNKS, 20004 })].unsent, 1);
	assert_int_equal(s->flows.slow[at(s, phone)].unsent, 0);
	assert_int_equal(s->path.copied, 4);
	assert_int_equal(count(s, VERDICT_SENT), 0);
}

/* The caller says that he is where we listen, the listener that he is where the caller sends to: a packet would come
 * back for ever. */
static void nothing_goes_in_circles(void **state)
{
	struct stage *s = *state;
	struct order o = { .kind = ORDER_SET, .index = at(s, phone) };
	static const struct {
		bool from, to;
	} ours[] = { { false, false }, { true, false }, { false, true }, { true, true } };

	for (unsigned i = 0; i < 4; i++) {
		o.index = at(s, phone);
		o.set.spec = (struct port_spec){ .own = phone,
						 .session = 1,
						 .window_open = true,
						 .policy = LATCH_SDP_IP,
						 .expected = addr(ours[i].from ? "10.0.0.1:20010" : PHONE) };
		o.set.hairpin = ours[i].from ? at(s, ear) : 0;
		o.set.peer = at(s, trunk);
		flow_order(&s->flows, &o, 0, tell, s);
		o.index = at(s, ear);
		o.set.spec.own = ear;
		o.set.spec.expected = addr(ours[i].to ? AT_PHONE : LISTENER);
		o.set.hairpin = ours[i].to ? at(s, phone) : 0;
		o.set.peer = 0;
		flow_order(&s->flows, &o, 0, tell, s);
		copy(s, phone, ear);
		assert_int_equal(come(s, ours[i].from ? "10.0.0.1:20010" : PHONE, AT_PHONE, SPAN(RTP)), VERDICT_SENT);
		if (i < 3)
			assert_heard(ear, ours[i].to ? AT_PHONE : LISTENER, SPAN(RTP));
		assert_silence();
		assert_int_equal(count(s, VERDICT_CIRCLE), i == 3);
		clear(s, ear);
		clear(s, phone);
	}
}

static void without_memory_only_the_copy_is_lost(void **state)
{
	struct stage *s = *state;

	listener(s, ear, LISTENER);
	copy(s, phone, ear);
	s->path.nic[NIC].pool = NULL;
	assert_int_equal(come(s, PHONE, AT_PHONE, SPAN(RTP)), VERDICT_SENT);
	assert_int_equal(count(s, VERDICT_NO_MEMORY), 1);
	assert_silence();
}

/* A publisher has nobody at the other side but listeners. */
static void with_no_other_side(void **state)
{
	struct stage *s = *state;

	listener(s, ear, LISTENER);
	copy(s, (struct own_port){ PHONES, 10002 }, ear);
	assert_int_equal(come(s, PHONE, "192.0.2.1:10002", SPAN(RTP)), VERDICT_COPIED);
	assert_heard(ear, LISTENER, SPAN(RTP));
	uncopy(s, (struct own_port){ PHONES, 10002 }, ear);
	assert_int_equal(come(s, PHONE, "192.0.2.1:10002", SPAN(RTP)), VERDICT_NO_PEER);
}

static void many_listeners_hear_whole_bursts(void **state)
{
	enum { EARS = 7 };
	struct stage *s = *state;
	unsigned left = 0;

	for (uint16_t i = 0; i < EARS; i++) {
		const struct own_port own = { TRUNKS, (uint16_t)(20010 + 2 * i) };

		listener(s, own, LISTENER);
		copy(s, phone, own);
	}
	for (unsigned i = 0; i < BURST_MAX; i++)
		put(s, PHONE, AT_PHONE, SPAN(RTP));
	run(s);
	for (unsigned i = 0; i < BURST_MAX; i++)
		assert_int_equal(s->b.packet[i].verdict, VERDICT_SENT);
	assert_int_equal(s->path.nic[1].n, BURST_MAX);
	left = ringport_sent(&ring, NIC);
	assert_int_equal(left, EARS * BURST_MAX);
	assert_int_equal(s->path.copied, EARS * BURST_MAX);
	assert_int_equal(count(s, VERDICT_SENT), EARS * BURST_MAX);
}

/* --- how it ends -------------------------------------------------------------------------------------------- */

static void until_told_otherwise(void **state)
{
	struct stage *s = *state;

	listener(s, ear, LISTENER);
	copy(s, phone, ear);
	/* Descriptions come again on either side. */
	sessions(s);
	listener(s, ear, LISTENER);
	assert_int_equal(come(s, PHONE, AT_PHONE, SPAN(RTP)), VERDICT_SENT);
	assert_heard(ear, LISTENER, SPAN(RTP));
	uncopy(s, phone, ear);
	uncopy(s, phone, ear); /* there is none any more */
	assert_int_equal(come(s, PHONE, AT_PHONE, SPAN(RTP)), VERDICT_SENT);
	assert_silence();
	assert_null(s->flows.slow[at(s, phone)].copies);
	assert_null(s->flows.slow[at(s, ear)].copies);
	assert_int_equal(s->flows.flow[at(s, phone)].in.quick & FLOW_EDITED, 0);
}

enum ending { CLEARED, RENAMED, ENDINGS };

static void port_ends(struct stage *s, struct own_port own, enum ending how)
{
	if (how == CLEARED)
		clear(s, own);
	/* And it is another call's. */
	open_port(s, (struct port_spec){ .own = own,
					 .policy = LATCH_SDP_IP,
					 .session = OTHER_CALL,
					 .expected = addr(own.realm == PHONES ? PHONE : LISTENER) });
}

/* A port that another call has now never hears who was listened to, nor is it listened to itself. */
static void another_call_hears_nothing(void **state)
{
	struct stage *s = *state;

	for (enum ending how = 0; how < ENDINGS; how++) {
		const struct own_port other = { TRUNKS, 20014 };

		sessions(s);
		listener(s, ear, LISTENER);
		listener(s, other, LISTENER);
		copy(s, phone, ear);
		copy(s, phone, other);
		copy(s, trunk, ear);
		port_ends(s, ear, how);
		come(s, PHONE, AT_PHONE, SPAN(RTP));
		assert_heard(other, LISTENER, SPAN(RTP));
		assert_silence();
		come(s, TRUNK, AT_TRUNK, SPAN(RTP));
		assert_silence();
		port_ends(s, phone, how);
		come(s, PHONE, AT_PHONE, SPAN(RTP));
		assert_silence();
		for (uint32_t i = 0; i < s->flows.count; i++)
			assert_null(s->flows.slow[i].copies);
		clear(s, phone);
		clear(s, ear);
		clear(s, other);
	}
}

/* What has copies is left to the worker by the kernel's program, in doubt or not. */
static void the_kernel_leaves_it_alone(void **state)
{
	struct stage *s = *state;
	const struct flow *f = &s->flows.flow[at(s, phone)];

	s->flows.shared = true;
	listener(s, ear, LISTENER);
	for (char i = 0; i < LEARN_CONFIRM; i++) {
		char rtp[] = RTP;

		rtp[3] = i;
		come(s, PHONE, AT_PHONE, span_of(rtp, sizeof(rtp) - 1));
	}
	assert_int_equal(f->in.quick & (1 << RTP_MEDIA | FLOW_EDITED), 1 << RTP_MEDIA);
	copy(s, phone, ear);
	assert_int_equal(f->in.quick & (1 << RTP_MEDIA | FLOW_EDITED), 1 << RTP_MEDIA | FLOW_EDITED);
	flow_doubt(&s->flows, at(s, phone));
	assert_int_equal(f->in.quick, FLOW_EDITED);
	come(s, PHONE, AT_PHONE, SPAN(RTP));
	assert_heard(ear, LISTENER, SPAN(RTP));
	assert_int_equal(f->in.quick & (1 << RTP_MEDIA | FLOW_EDITED), 1 << RTP_MEDIA | FLOW_EDITED);
	assert_int_equal(s->flows.flow[at(s, ear)].out.to.tag[FLOW_TAG_HELD], 0);
}

static int all_begin(void **state)
{
	return srtp_init() == srtp_err_status_ok ? dpdk_begin(state) : -1;
}

static int all_end(void **state)
{
	srtp_shutdown();
	return dpdk_end(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		COPY_TEST(voice_goes_on_and_to_the_listener),
		COPY_TEST(what_a_listener_says_goes_nowhere),
		COPY_TEST(rtcp_has_its_own_port_or_that_of_rtp),
		COPY_TEST(rtcp_of_a_muxed_source),
		COPY_TEST(feedback_is_for_who_may_have_it),
		COPY_TEST(in_the_other_family),
		COPY_TEST(payloads_have_other_numbers_there),
		COPY_TEST(sealed_for_a_listener),
		COPY_TEST(no_number_is_sealed_twice),
		COPY_TEST(what_came_sealed_is_heard_in_the_clear),
		COPY_TEST(what_is_not_accepted_is_not_copied),
		COPY_TEST(what_cannot_leave_is_counted),
		COPY_TEST(nothing_goes_in_circles),
		COPY_TEST(without_memory_only_the_copy_is_lost),
		COPY_TEST(with_no_other_side),
		COPY_TEST(many_listeners_hear_whole_bursts),
		COPY_TEST(until_told_otherwise),
		COPY_TEST(another_call_hears_nothing),
		COPY_TEST(the_kernel_leaves_it_alone),
	};

	return cmocka_run_group_tests(tests, all_begin, all_end);
}

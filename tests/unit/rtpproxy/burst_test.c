/* SPDX-License-Identifier: BSD-3-Clause */
/* Every way that a packet can end, and what a relayed one looks like. Needs neither root nor huge pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "rtpproxy/burst.h"
#include "rtpproxy/dialport.h"
#include "rtpproxy/eal.h"
#include "rtpproxy/inject.h"
#include "rtpproxy/pool.h"
#include "tests/unit/alg/net/datagram.h"

#define RTP  "\x80\x00\x00\x07\x00\x00\x00\xa0\x01\x02\x03\x04voice"
#define RTCP "\x80\xc9\x00\x01\x01\x02\x03\x04"
#define SDES                                                                                                           \
	"\x81\xca\x00\x04\x01\x02\x03\x04\x01\x0a"                                                                     \
	"a@10.0.0.7"
#define STUN "\x00\x01\x00\x00\x21\x12\xa4\x42"
#define DTLS "\x16\xfe\xfd\x00"

#define PHONE   "198.51.100.7:4000"
#define TRUNK   "203.0.113.9:5004"
#define PHONE_6 "[2001:db8::7]:4000"

struct stage {
	struct config conf;
	struct flow_table flows;
	struct burst_path path;
	struct burst b;
	unsigned told, told_digits, dialled;
	struct notice digit; /* the last of them */
};

static struct rte_mempool *pool;

static struct addr addr(const char *text)
{
	struct addr a = { 0 };

	if (text && addr_parse(span_str(text), 0, &a) < 0)
		fail_msg("%s", text);
	return a;
}

static void tell(void *ctx, const struct notice *n)
{
	struct stage *s = ctx;

	s->told++;
	s->dialled += n->kind == NOTICE_DIALLED;
	if (n->kind != NOTICE_DIGIT)
		return;
	s->told_digits++;
	s->digit = *n;
}

static void set(struct stage *s, struct port_spec spec, uint8_t nic)
{
	struct order o = { .kind = ORDER_SET, .index = flow_index(&s->flows, spec.own) };

	spec.session = 1;
	spec.window_open = !spec.relearn;
	spec.relearn = false;
	o.set.spec = spec;
	o.set.peer = flow_index(&s->flows, spec.peer);
	o.set.expected = (struct hop){ .mac = { 2, 0, 0, 0, 0, 9 }, .nic = nic };
	flow_order(&s->flows, &o, 0, tell, s);
}

enum { PHONES = 0, TRUNKS = 1, SIX = 2 };

/* Ports of the phones' realm and what they are there for. */
static void sessions(struct stage *s)
{
	const struct own_port trunk = { TRUNKS, 20000 };

	set(s,
	    (struct port_spec){
		    .own = { PHONES, 10000 }, .peer = trunk, .policy = LATCH_SDP_IP, .expected = addr(PHONE) },
	    0);
	set(s, (struct port_spec){ .own = trunk, .peer = { PHONES, 10000 }, .dscp = 46, .expected = addr(TRUNK) }, 1);
	set(s,
	    (struct port_spec){ .own = { PHONES, 10001 },
				.peer = trunk,
				.kind = STREAM_RTCP,
				.policy = LATCH_SDP_IP,
				.expected = addr(PHONE) },
	    0);
	set(s, (struct port_spec){ .own = { PHONES, 10002 }, .policy = LATCH_SDP_IP, .expected = addr(PHONE) }, 0);
	set(s,
	    (struct port_spec){ .own = { PHONES, 10004 },
				.peer = { TRUNKS, 20002 },
				.policy = LATCH_SDP_IP,
				.expected = addr(PHONE) },
	    0);
	set(s, (struct port_spec){ .own = { TRUNKS, 20002 }, .policy = LATCH_OPEN }, 1);
	set(s,
	    (struct port_spec){ .own = { PHONES, 10006 },
				.peer = { TRUNKS, 20004 },
				.policy = LATCH_SDP_IP,
				.expected = addr(PHONE) },
	    0);
	set(s, (struct port_spec){ .own = { TRUNKS, 20004 }, .expected = addr(TRUNK) }, NIC_NONE);
	set(s,
	    (struct port_spec){
		    .own = { PHONES, 10008 }, .peer = { SIX, 30000 }, .policy = LATCH_SDP_IP, .expected = addr(PHONE) },
	    0);
	set(s, (struct port_spec){ .own = { SIX, 30000 }, .expected = addr(PHONE_6) }, 1);
	set(s, (struct port_spec){ .own = { PHONES, 10010 }, .drop = true, .expected = addr(PHONE) }, 0);
	/* Not open yet: set() reads relearn so. */
	set(s, (struct port_spec){ .own = { PHONES, 10012 }, .relearn = true, .policy = LATCH_OPEN }, 0);
}

static int begin(void **state)
{
	struct stage *s = calloc(1, sizeof(*s));

	s->conf.nrealm = 3;
	s->conf.realms[PHONES] =
		(struct conf_realm){ .address = addr("192.0.2.1"), .media_first = 10000, .media_last = 10099 };
	s->conf.realms[TRUNKS] =
		(struct conf_realm){ .address = addr("10.0.0.1"), .media_first = 20000, .media_last = 20099 };
	s->conf.realms[SIX] =
		(struct conf_realm){ .address = addr("2001:db8::1"), .media_first = 30000, .media_last = 30099 };
	assert_int_equal(flow_table_init(&s->flows, &s->conf), 0);
	s->path.flows = &s->flows;
	s->path.nnic = 2;
	s->path.nic[0].frame_max = s->path.nic[1].frame_max = FRAME_ETHER + 1500;
	memcpy(s->path.nic[1].mac, "\2\0\0\0\0\1", 6);
	s->path.tell = tell;
	s->path.tell_ctx = s;
	sessions(s);
	*state = s;
	return 0;
}

static int end(void **state)
{
	struct stage *s = *state;

	for (unsigned i = 0; i < s->b.n; i++)
		rte_pktmbuf_free(s->b.mbuf[i]);
	flow_table_fini(&s->flows);
	free(s);
	return 0;
}

/* A packet in, as burst_rx would leave it. */
static void put(struct stage *s, const char *from, const char *to, struct span payload)
{
	const struct addr source = addr(from), target = addr(to);
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);

	assert_non_null(m);
	m->data_len = (uint16_t)datagram_write(rte_pktmbuf_mtod(m, uint8_t *), &source, &target, payload.p, payload.n);
	m->pkt_len = m->data_len;
	s->b.mbuf[s->b.n++] = m;
}

static void run(struct stage *s)
{
	s->b.now = 1000;
	s->b.now_us = 1000000;
	burst_parse(&s->b, &s->path);
	burst_accept(&s->b, &s->path);
	burst_forward(&s->b, &s->path);
}

/* As burst_tx would leave it, with nothing sent. */
static void burst_free(struct stage *s)
{
	for (unsigned i = 0; i < s->b.n; i++)
		rte_pktmbuf_free(s->b.mbuf[i]);
	s->b.n = 0;
	for (unsigned i = 0; i < s->path.nnic; i++)
		s->path.nic[i].n = 0;
}

static void verdicts(void **state)
{
	struct stage *s = *state;
	static const struct {
		const char *from, *to;
		struct span payload;
		enum verdict verdict;
	} cases[] = {
		{ PHONE, "192.0.2.1:10000", SPAN(RTP), VERDICT_SENT },
		{ TRUNK, "10.0.0.1:20000", SPAN(RTP), VERDICT_SENT },
		{ PHONE, "192.0.2.1:10000", SPAN(RTCP), VERDICT_SENT }, /* on one port with RTP */
		{ PHONE, "192.0.2.1:10001", SPAN(RTCP), VERDICT_SENT },
		{ PHONE, "192.0.2.1:10001", SPAN(RTP), VERDICT_WRONG_PORT },
		{ PHONE, "192.0.2.1:10001", SPAN(RTCP SDES), VERDICT_SENT },
		{ PHONE, "192.0.2.1:10001", SPAN(RTCP SDES "x"), VERDICT_RTCP },
		{ PHONE, "192.0.2.1:9999", SPAN(RTP), VERDICT_NOT_OURS },
		{ PHONE, "192.0.2.1:20000", SPAN(RTP), VERDICT_NOT_OURS },
		{ PHONE, "192.0.2.2:10000", SPAN(RTP), VERDICT_NOT_OURS },
		{ PHONE, "192.0.2.1:10098", SPAN(RTP), VERDICT_NO_SESSION },
		{ PHONE, "192.0.2.1:10010", SPAN(RTP), VERDICT_STREAM_OFF },
		{ PHONE, "192.0.2.1:10000", SPAN("hello"), VERDICT_NOT_RTP },
		{ PHONE, "192.0.2.1:10000", SPAN(""), VERDICT_NOT_RTP },
		{ PHONE, "192.0.2.1:10000", SPAN(STUN), VERDICT_STUN },
		{ PHONE, "192.0.2.1:10000", SPAN(DTLS), VERDICT_DTLS },
		{ TRUNK, "192.0.2.1:10000", SPAN(RTP), VERDICT_SOURCE },
		{ "10.9.9.9:5004", "10.0.0.1:20000", SPAN(RTP), VERDICT_SOURCE },
		{ PHONE, "192.0.2.1:10012", SPAN(RTP), VERDICT_EARLY },
		{ PHONE, "192.0.2.1:10002", SPAN(RTP), VERDICT_NO_PEER },
		{ PHONE, "192.0.2.1:10004", SPAN(RTP), VERDICT_NO_TARGET },
		{ PHONE, "192.0.2.1:10006", SPAN(RTP), VERDICT_NO_ROUTE },
		{ PHONE, "192.0.2.1:10008", SPAN(RTP), VERDICT_SENT }, /* to IPv6 */
		{ PHONE_6, "[2001:db8::1]:30000", SPAN(RTP), VERDICT_NO_PEER },
		{ PHONE_6, "[2001:db8::1]:10000", SPAN(RTP), VERDICT_NOT_OURS },
	};
	const size_t n = sizeof(cases) / sizeof(cases[0]);

	for (size_t i = 0; i < n; i++)
		put(s, cases[i].from, cases[i].to, cases[i].payload);
	run(s);
	for (size_t i = 0; i < n; i++)
		if (s->b.packet[i].verdict != cases[i].verdict)
			fail_msg("%s to %s (%zu): %s, not %s", cases[i].from, cases[i].to, i + 1,
				 verdict_name((enum verdict)s->b.packet[i].verdict), verdict_name(cases[i].verdict));
	/* Nothing but what is sent may wait to leave. */
	assert_int_equal(s->path.nic[0].n + s->path.nic[1].n, 6);
}

static void relayed_packet(void **state)
{
	struct stage *s = *state;
	const struct addr from = addr("10.0.0.1:20000"), to = addr(TRUNK);
	uint8_t want[DATAGRAM_MAX];
	const uint8_t *got;
	uint32_t len;

	put(s, PHONE, "192.0.2.1:10000", SPAN(RTP));
	s->b.mbuf[0]->data_len += 11; /* Ethernet's padding */
	run(s);
	assert_int_equal(s->path.nic[1].n, 1);
	got = rte_pktmbuf_mtod(s->path.nic[1].mbuf[0], const uint8_t *);
	len = datagram_write(want, &from, &to, RTP, sizeof(RTP) - 1);
	assert_int_equal(s->path.nic[1].mbuf[0]->data_len, len);
	assert_int_equal(s->path.nic[1].mbuf[0]->pkt_len, len);
	assert_memory_equal(got, "\2\0\0\0\0\x09\2\0\0\0\0\1\x08\0\x45\xb8", 16);
	assert_memory_equal(got + 34, want + 34, len - 34);
	assert_true(datagram_sound(got));
}

/* One road for both families. */
static void relayed_packet_v6(void **state)
{
	struct stage *s = *state;
	const struct addr from = addr("[2001:db8::1]:30002"), to = addr("[2001:db8::9]:5004");
	uint8_t want[DATAGRAM_MAX];
	uint32_t len;

	set(s,
	    (struct port_spec){
		    .own = { SIX, 30000 }, .peer = { SIX, 30002 }, .policy = LATCH_SDP_IP, .expected = addr(PHONE_6) },
	    0);
	set(s, (struct port_spec){ .own = { SIX, 30002 }, .expected = to }, 1);
	for (int i = 0; i < LEARN_CONFIRM + 2; i++) {
		char rtp[] = RTP;

		rtp[3] = (char)i;
		put(s, PHONE_6, "[2001:db8::1]:30000", span_of(rtp, sizeof(rtp) - 1));
		len = datagram_write(want, &from, &to, rtp, sizeof(rtp) - 1);
	}
	run(s);
	assert_int_equal(s->path.nic[1].n, LEARN_CONFIRM + 2);
	for (int i = 0; i < LEARN_CONFIRM + 2; i++)
		assert_true(datagram_sound(rte_pktmbuf_mtod(s->path.nic[1].mbuf[i], const uint8_t *)));
	assert_memory_equal(rte_pktmbuf_mtod(s->path.nic[1].mbuf[LEARN_CONFIRM + 1], const uint8_t *) + 22, want + 22,
			    len - 22);
}

/* Enough packets to be known by heart: the first ones take the long way, the last the short one. */
static void cross(struct stage *s, const char *phone, const char *ours, const char *from, const char *to)
{
	const struct addr new_from = addr(from), new_to = addr(to);
	const uint32_t udp = new_to.family == ADDR_V4 ? 34 : 54;
	const int n = LEARN_CONFIRM + 2;
	struct burst_nic *nic = &s->path.nic[1];
	uint8_t want[DATAGRAM_MAX];
	char rtp[] = RTP;

	for (int i = 0; i < n; i++, rtp[3]++)
		put(s, phone, ours, span_of(rtp, sizeof(rtp) - 1));
	put(s, phone, ours, SPAN(RTCP SDES));
	run(s);
	assert_int_equal(nic->n, n + 1);
	for (int i = 0; i <= n; i++)
		assert_true(datagram_sound(rte_pktmbuf_mtod(nic->mbuf[i], const uint8_t *)));
	rtp[3]--;
	assert_int_equal(nic->mbuf[n - 1]->data_len, datagram_write(want, &new_from, &new_to, rtp, sizeof(rtp) - 1));
	assert_int_equal(nic->mbuf[n - 1]->pkt_len, nic->mbuf[n - 1]->data_len);
	assert_memory_equal(rte_pktmbuf_mtod(nic->mbuf[n - 1], const uint8_t *) + udp, want + udp,
			    nic->mbuf[n - 1]->data_len - udp);
}

static void from_ipv4_to_ipv6(void **state)
{
	cross(*state, PHONE, "192.0.2.1:10008", "[2001:db8::1]:30000", PHONE_6);
}

static void from_ipv6_to_ipv4(void **state)
{
	struct stage *s = *state;

	set(s,
	    (struct port_spec){ .own = { SIX, 30000 },
				.peer = { TRUNKS, 20000 },
				.policy = LATCH_SDP_IP,
				.expected = addr(PHONE_6) },
	    1);
	cross(s, PHONE_6, "[2001:db8::1]:30000", "10.0.0.1:20000", TRUNK);
}

static void ipv6_without_checksum(void **state)
{
	struct stage *s = *state;

	set(s,
	    (struct port_spec){ .own = { SIX, 30000 },
				.peer = { TRUNKS, 20000 },
				.policy = LATCH_SDP_IP,
				.expected = addr(PHONE_6) },
	    1);
	put(s, PHONE_6, "[2001:db8::1]:30000", SPAN(RTP));
	datagram_put16(rte_pktmbuf_mtod(s->b.mbuf[0], uint8_t *) + 60, 0);
	run(s);
	assert_int_equal(s->b.packet[0].verdict, VERDICT_NO_CHECKSUM);
}

/* What just fits as IPv4 is too long as IPv6; no fragment is made of it. */
static void longest_packet(void **state)
{
	static const struct {
		const char *to;
		uint32_t payload;
		enum verdict verdict;
	} cases[] = {
		{ "192.0.2.1:10000", 1472, VERDICT_SENT },
		{ "192.0.2.1:10000", 1473, VERDICT_TOO_LONG },
		{ "192.0.2.1:10008", 1452, VERDICT_SENT },
		{ "192.0.2.1:10008", 1453, VERDICT_TOO_LONG },
	};
	const uint32_t in = 1;
	struct stage *s = *state;
	char rtp[1500] = RTP;

	for (unsigned i = 0; i < 4; i++)
		put(s, PHONE, cases[i].to, span_of(rtp, cases[i].payload));
	run(s);
	for (unsigned i = 0; i < 4; i++)
		if (s->b.packet[i].verdict != cases[i].verdict)
			fail_msg("%s, %u bytes: %s", cases[i].to, cases[i].payload,
				 verdict_name((enum verdict)s->b.packet[i].verdict));
	assert_int_equal(s->flows.slow[in].unsent, 1);
}

static void packets_of_our_own(void **state)
{
	static const struct {
		const char *name;
		struct own_port own;
		unsigned queued;
	} cases[] = {
		{ "to where its media goes", { TRUNKS, 20000 }, 1 },
		{ "nobody known there", { TRUNKS, 20002 }, 0 },
		{ "no way there", { TRUNKS, 20004 }, 0 },
		{ "over IPv6", { SIX, 30000 }, 1 },
		{ "no session", { TRUNKS, 20050 }, 0 },
	};
	struct stage *s = *state;

	s->path.nic[1].pool = pool;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct order o = { .kind = ORDER_SEND, .index = flow_index(&s->flows, cases[i].own) };
		const struct burst_nic *nic = &s->path.nic[1];

		o.send.n = 5;
		memcpy(o.send.bytes, "hello", 5);
		s->path.nic[1].n = 0;
		inject_queue(&s->path, o.index, o.send.bytes, o.send.n);
		if (nic->n != cases[i].queued)
			fail_msg("%s", cases[i].name);
		if (!nic->n)
			continue;
		assert_memory_equal(rte_pktmbuf_mtod_offset(nic->mbuf[0], char *, nic->mbuf[0]->data_len - 5), "hello",
				    5);
		assert_true(datagram_sound(rte_pktmbuf_mtod(nic->mbuf[0], const uint8_t *)));
		rte_pktmbuf_free(nic->mbuf[0]);
	}
}

static void names_do_not_cross(void **state)
{
	struct stage *s = *state;
	const uint8_t *got;

	put(s, PHONE, "192.0.2.1:10001", SPAN(RTCP SDES));
	run(s);
	assert_int_equal(s->path.nic[1].n, 1);
	got = rte_pktmbuf_mtod(s->path.nic[1].mbuf[0], const uint8_t *) + 42;
	assert_memory_equal(got, RTCP SDES, sizeof(RTCP) - 1 + 10);
	assert_memory_not_equal(got + sizeof(RTCP) - 1 + 10, "a@10.0.0.7", 10);
	assert_true(datagram_sound(rte_pktmbuf_mtod(s->path.nic[1].mbuf[0], const uint8_t *)));
}

/* The phone speaks through a gate: what it says counts as heard, and goes no further, or silent. */
static void gated(struct stage *s, struct gate gate, const char *media, const char *event, enum verdict want_media,
		  enum verdict want_event)
{
	const unsigned n = LEARN_CONFIRM + 2;
	const uint32_t in = flow_index(&s->flows, (struct own_port){ PHONES, 10000 });
	struct port_spec spec = { .own = { PHONES, 10000 },
				  .peer = { TRUNKS, 20000 },
				  .policy = LATCH_SDP_IP,
				  .expected = addr(PHONE),
				  .gate = gate };
	struct port_stats before, after;

	set(s, spec, 0);
	flow_stats(&s->flows, in, 1, &before);
	for (unsigned i = 0; i < n; i++) {
		char rtp[] = RTP;

		rtp[3] = (char)i;
		memcpy(rtp, i == n - 1 ? event : media, 2);
		put(s, PHONE, "192.0.2.1:10000", span_of(rtp, sizeof(rtp) - 1));
	}
	run(s);
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(s->b.packet[i].verdict, i == n - 1 ? want_event : want_media);
	flow_stats(&s->flows, in, 1, &after);
	assert_int_equal(after.rx_packets - before.rx_packets, n);
	burst_free(s);
}

static void what_is_blocked_goes_no_further(void **state)
{
	static const struct {
		struct gate gate;
		enum verdict media, event;
	} cases[] = {
		{ { .media = false }, VERDICT_SENT, VERDICT_SENT },
		{ { .media = true }, VERDICT_BLOCKED, VERDICT_SENT },
		{ { .events = true }, VERDICT_SENT, VERDICT_BLOCKED },
		{ { .media = true, .events = true }, VERDICT_BLOCKED, VERDICT_BLOCKED },
		{ { .silence = true }, VERDICT_SENT, VERDICT_SENT },
	};
	struct stage *s = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct gate gate = cases[i].gate;

		numbers_put(&gate.number, 101);
		gated(s, gate, "\x80\x00", "\x80\x65", cases[i].media, cases[i].event);
	}
}

/* An event ends here, and control is told of it once. */
static void a_digit_is_told_to_control(void **state)
{
	static const char event[] = "\x80\x65\0\1\0\0\0\1\x11\x22\x33\x44\x05\x8a\x05\x00";
	struct stage *s = *state;
	struct port_spec spec = { .own = { PHONES, 10000 },
				  .peer = { TRUNKS, 20000 },
				  .policy = LATCH_SDP_IP,
				  .expected = addr(PHONE),
				  .gate = { .events = true, .tell = true } };

	numbers_put(&spec.gate.number, 101);
	set(s, spec, 0);
	for (unsigned i = 0; i < 3; i++)
		put(s, PHONE, "192.0.2.1:10000", span_of(event, sizeof(event) - 1));
	run(s);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(s->b.packet[i].verdict, VERDICT_BLOCKED);
	assert_int_equal(s->told_digits, 1);
	assert_int_equal(s->digit.digit.event, 5);
	assert_int_equal(s->digit.digit.duration, 1280);
	assert_int_equal(s->digit.digit.payload_type, 101);
}

/* What the phone says is replaced, whole frame and all; then it is heard again. */
static void a_digit_takes_the_place_of_a_voice(void **state)
{
	const unsigned n = DIAL_ENDS + 2;
	struct stage *s = *state;
	struct order o = {
		.kind = ORDER_DIAL,
		.index = flow_index(&s->flows, (struct own_port){ PHONES, 10000 }),
		.dial = { .id = 1, .duration = 320, .step = 160, .ratio = 1, .event = 5, .payload_type = 96 }
	};
	uint8_t made[DIAL_LEN];

	put(s, PHONE, "192.0.2.1:10000", SPAN(RTP));
	run(s);
	burst_free(s);
	assert_false(dialport_order(&s->flows, &o, s->b.now, tell, s, made));
	for (unsigned i = 0; i < n; i++) {
		char rtp[] = RTP;

		rtp[3] = (char)(2 + i);
		rtp[6] = (char)(i * 160 >> 8);
		rtp[7] = (char)(i * 160);
		put(s, PHONE, "192.0.2.1:10000", span_of(rtp, sizeof(rtp) - 1));
	}
	run(s);
	for (unsigned i = 0; i < n; i++) {
		const uint8_t *got = rte_pktmbuf_mtod(s->path.nic[1].mbuf[i], const uint8_t *);

		assert_true(datagram_sound(got));
		assert_int_equal(got[42 + 3], 2 + i);
		assert_int_equal(got[42 + 1] & 0x7f, i < n - 1 ? 96 : 0);
		assert_int_equal(s->path.nic[1].mbuf[i]->data_len, i < n - 1 ? 42 + DIAL_LEN : 42 + sizeof(RTP) - 1);
	}
	assert_int_equal(s->dialled, 1);
	burst_free(s);
	assert_true(dialport_order(&s->flows, &(struct order){ ORDER_DIAL, o.index, .dial = { 2, .ratio = 1 } },
				   s->b.now + 1000, tell, s, made));
}

static void silence_takes_the_place_of_a_voice(void **state)
{
	struct stage *s = *state;
	const uint8_t *got;

	set(s,
	    (struct port_spec){ .own = { PHONES, 10000 },
				.peer = { TRUNKS, 20000 },
				.policy = LATCH_SDP_IP,
				.expected = addr(PHONE),
				.gate = { .silence = true } },
	    0);
	put(s, PHONE, "192.0.2.1:10000", SPAN(RTP));
	run(s);
	assert_int_equal(s->path.nic[1].n, 1);
	got = rte_pktmbuf_mtod(s->path.nic[1].mbuf[0], const uint8_t *);
	assert_memory_equal(got + 42, RTP, 12);
	assert_memory_equal(got + 54, "\xff\xff\xff\xff\xff", 5);
	assert_true(datagram_sound(got));
}

/* SRTCP looks broken to who can't read it. */
static void what_others_encrypted_passes_untouched(void **state)
{
	struct stage *s = *state;

	set(s,
	    (struct port_spec){ .own = { PHONES, 10001 },
				.peer = { TRUNKS, 20000 },
				.kind = STREAM_RTCP,
				.policy = LATCH_SDP_IP,
				.expected = addr(PHONE),
				.encrypted = true },
	    0);
	put(s, PHONE, "192.0.2.1:10001", SPAN(RTCP SDES "x"));
	put(s, PHONE, "192.0.2.1:10001", SPAN(RTCP SDES));
	run(s);
	assert_int_equal(s->path.nic[1].n, 2);
	assert_memory_equal(rte_pktmbuf_mtod(s->path.nic[1].mbuf[1], const uint8_t *) + 42, RTCP SDES,
			    sizeof(RTCP SDES) - 1);
}

/* Feedback goes where both sides have negotiated it; else the rest of the packet is whole without it. */
static void feedback_is_for_who_has_negotiated_it(void **state)
{
#define NACK "\x81\xcd\x00\x03\x01\x02\x03\x04\x05\x06\x07\x08\x00\x07\x00\x00"
#define PLI  "\x81\xce\x00\x02\x01\x02\x03\x04\x05\x06\x07\x08"
	static const struct {
		struct span came;
		bool dropped;
		enum verdict verdict;
		struct span left;
	} cases[] = {
		{ SPAN(RTCP NACK), false, VERDICT_SENT, SPAN(RTCP NACK) },
		{ SPAN(PLI), false, VERDICT_SENT, SPAN(PLI) },
		{ SPAN(RTCP NACK), true, VERDICT_SENT, SPAN(RTCP) },
		{ SPAN(RTCP PLI SDES NACK), true, VERDICT_SENT, SPAN(RTCP "\x81\xca\x00\x04\x01\x02\x03\x04\x01\x0a") },
		{ SPAN(RTCP), true, VERDICT_SENT, SPAN(RTCP) },
		{ SPAN(PLI NACK), true, VERDICT_FEEDBACK, { 0 } },
	};
	struct stage *s = *state;

	for (unsigned i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		const bool v6 = i % 2;
		const struct span came = cases[i / 2].came, left = cases[i / 2].left;
		const enum verdict want = cases[i / 2].verdict;
		const uint8_t *got;
		struct frame f = { 0 };

		set(s,
		    (struct port_spec){ .own = { PHONES, v6 ? 10009 : 10001 },
					.peer = { v6 ? SIX : TRUNKS, v6 ? 30000 : 20000 },
					.kind = STREAM_RTCP,
					.policy = LATCH_SDP_IP,
					.expected = addr(PHONE),
					.no_feedback = cases[i / 2].dropped },
		    0);
		put(s, PHONE, v6 ? "192.0.2.1:10009" : "192.0.2.1:10001", came);
		run(s);
		if (s->b.packet[0].verdict != want)
			fail_msg("case %u: %s", i / 2, verdict_name(s->b.packet[0].verdict));
		assert_int_equal(s->path.nic[1].n, want == VERDICT_SENT);
		if (want == VERDICT_SENT) {
			const struct rte_mbuf *m = s->path.nic[1].mbuf[0];

			got = rte_pktmbuf_mtod(m, const uint8_t *);
			assert_int_equal(frame_parse(got, m->data_len, &f), FRAME_OK);
			assert_int_equal(frame_len(&f), m->data_len);
			assert_int_equal(m->pkt_len, m->data_len);
			assert_memory_equal(got + frame_payload(&f), left.p, left.n);
			assert_true(f.payload_len == left.n || f.payload_len == left.n + 10); /* a hidden name */
			assert_true(frame_header_is_sound(got, &f));
			assert_true(datagram_sound(got));
		}
		burst_free(s);
	}
}

/* The other side's number, under the same marker; RTCP has none. */
static void payload_numbers_are_mapped(void **state)
{
	struct stage *s = *state;
	static const struct {
		const char *name;
		uint8_t came, left;
	} cases[] = {
		{ "mapped", 101, 96 },
		{ "mapped, with the marker", 0x80 | 101, 0x80 | 96 },
		{ "the last pair", 111, 97 },
		{ "not mapped", 0, 0 },
		{ "not mapped, with the marker", 0x80 | 96, 0x80 | 96 },
	};
	const size_t n = sizeof(cases) / sizeof(cases[0]);
	const uint8_t *rtcp;

	set(s,
	    (struct port_spec){ .own = { PHONES, 10000 },
				.peer = { TRUNKS, 20000 },
				.policy = LATCH_SDP_IP,
				.map = { .from = { 101 + 1, 100 + 1, 111 + 1 }, .to = { 96, 98, 97 } },
				.expected = addr(PHONE) },
	    0);
	for (size_t i = 0; i < n; i++) {
		char rtp[] = RTP;

		rtp[1] = (char)cases[i].came;
		put(s, PHONE, "192.0.2.1:10000", span_of(rtp, sizeof(rtp) - 1));
	}
	put(s, PHONE, "192.0.2.1:10000", SPAN(RTCP));
	run(s);
	assert_int_equal(s->path.nic[1].n, n + 1);
	for (size_t i = 0; i < n; i++) {
		const uint8_t *got = rte_pktmbuf_mtod(s->path.nic[1].mbuf[i], const uint8_t *);

		if (got[43] != cases[i].left)
			fail_msg("%s: %u", cases[i].name, got[43]);
		assert_true(datagram_sound(got));
	}
	rtcp = rte_pktmbuf_mtod(s->path.nic[1].mbuf[n], const uint8_t *);
	assert_memory_equal(rtcp + 42, RTCP, sizeof(RTCP) - 1);
}

/* A fax is no RTP, whatever its first bytes look like: nothing in it is read or changed. */
static void datagrams_are_relayed_as_they_are(void **state)
{
	struct stage *s = *state;
	static const struct span cases[] = { SPAN("\0\1\0\0ifp"), SPAN("hello"),   SPAN(STUN), SPAN(DTLS),
					     SPAN(RTP),           SPAN(RTCP SDES), SPAN(""),   SPAN("\x80\xc9\0\1") };
	const size_t n = sizeof(cases) / sizeof(cases[0]);
	struct port_stats stats;

	set(s,
	    (struct port_spec){ .own = { PHONES, 10000 },
				.peer = { TRUNKS, 20000 },
				.kind = STREAM_DATAGRAM,
				.policy = LATCH_SDP_IP,
				.map = { .from = { 0 + 1 }, .to = { 8 } },
				.expected = addr(PHONE) },
	    0);
	for (size_t i = 0; i < n; i++)
		put(s, PHONE, "192.0.2.1:10000", cases[i]);
	put(s, "203.0.113.66:6666", "192.0.2.1:10000", cases[0]);
	put(s, "203.0.113.66:6666", "192.0.2.1:10000", SPAN(RTP));
	run(s);
	assert_int_equal(s->path.nic[1].n, n);
	for (size_t i = 0; i < n; i++) {
		const uint8_t *got = rte_pktmbuf_mtod(s->path.nic[1].mbuf[i], const uint8_t *);

		assert_memory_equal(got + 42, cases[i].p, cases[i].n);
		assert_true(datagram_sound(got));
	}
	assert_int_equal(s->b.packet[n].verdict, VERDICT_SOURCE);
	assert_int_equal(s->b.packet[n + 1].verdict, VERDICT_SOURCE);
	flow_stats(&s->flows, flow_index(&s->flows, (struct own_port){ PHONES, 10000 }), 1, &stats);
	assert_int_equal(stats.state, PORT_LATCHED);
	assert_int_equal(stats.rx_packets, n);
	assert_int_equal(stats.malformed_packets, 0);
}

/* A damaged header may not teach an address; from the known source it is made anew anyway. */
static void damaged_header(void **state)
{
	struct stage *s = *state;
	char rtp[] = RTP;
	const int n = LEARN_CONFIRM + 2;

	for (int i = 0; i < n; i++, rtp[3]++)
		put(s, PHONE, "192.0.2.1:10000", span_of(rtp, sizeof(rtp) - 1));
	rte_pktmbuf_mtod(s->b.mbuf[0], uint8_t *)[22] ^= 1;
	rte_pktmbuf_mtod(s->b.mbuf[n - 1], uint8_t *)[22] ^= 1;
	run(s);
	assert_int_equal(s->b.packet[0].verdict, VERDICT_IP_CHECKSUM);
	assert_int_equal(s->b.packet[n - 1].verdict, VERDICT_SENT);
	assert_true(datagram_sound(rte_pktmbuf_mtod(s->b.mbuf[n - 1], const uint8_t *)));
}

static void counts(void **state)
{
	struct stage *s = *state;
	const uint32_t in = flow_index(&s->flows, (struct own_port){ PHONES, 10000 });
	const uint32_t out = flow_index(&s->flows, (struct own_port){ TRUNKS, 20000 });
	const uint32_t early = flow_index(&s->flows, (struct own_port){ PHONES, 10004 });
	const uint32_t lost = flow_index(&s->flows, (struct own_port){ PHONES, 10006 });
	struct port_stats stats;

	for (int i = 0; i < 3; i++)
		put(s, PHONE, "192.0.2.1:10000", SPAN(RTP));
	put(s, TRUNK, "192.0.2.1:10000", SPAN(RTP));
	put(s, PHONE, "192.0.2.1:10000", SPAN("hello"));
	put(s, PHONE, "192.0.2.1:10004", SPAN(RTP));
	put(s, PHONE, "192.0.2.1:10006", SPAN(RTP));
	run(s);
	flow_stats(&s->flows, in, 1, &stats);
	assert_int_equal(stats.rx_packets, 3);
	assert_int_equal(stats.rx_bytes, 3 * (sizeof(RTP) - 1));
	assert_int_equal(stats.refused_packets, 1);
	assert_int_equal(stats.malformed_packets, 1);
	assert_int_equal(stats.ssrc, 0x01020304);
	assert_int_equal(stats.last_rx_ms, 1000);
	flow_stats(&s->flows, out, 1, &stats);
	assert_int_equal(stats.tx_packets, 3);
	assert_int_equal(stats.tx_bytes, 3 * (sizeof(RTP) - 1));
	flow_stats(&s->flows, early, 1, &stats);
	assert_int_equal(stats.rx_packets, 1);
	assert_int_equal(stats.unsent_packets, 0); /* nobody is known yet */
	flow_stats(&s->flows, lost, 1, &stats);
	assert_int_equal(stats.unsent_packets, 1); /* no route */
}

/* What is accepted is measured, and nothing else: not RTCP on the same port, not what a stranger sends. */
static void quality(void **state)
{
	struct stage *s = *state;
	const uint32_t in = flow_index(&s->flows, (struct own_port){ PHONES, 10000 });
	char rtp[] = RTP;
	struct port_stats stats;

	rtp[1] = (char)(0x80 | 8);
	for (rtp[3] = 1; rtp[3] < 10; rtp[3]++)
		if (rtp[3] != 4)
			put(s, PHONE, "192.0.2.1:10000", span_of(rtp, sizeof(rtp) - 1));
	put(s, PHONE, "192.0.2.1:10000", SPAN(RTCP));
	rtp[3] = 20;
	put(s, "198.51.100.8:4000", "192.0.2.1:10000", span_of(rtp, sizeof(rtp) - 1));
	run(s);
	flow_stats(&s->flows, in, 1, &stats);
	assert_int_equal(stats.quality.expected, 9);
	assert_int_equal(stats.quality.lost, 1);
	assert_int_equal(stats.quality.highest, 9);
	assert_int_equal(stats.quality.marked, 8);
	assert_int_equal(stats.payload_type, 8);
}

static unsigned captured(const char *path, bool headers)
{
	char file[65536];
	FILE *f = fopen(path, "r");
	const size_t n = f ? fread(file, 1, sizeof(file), f) : 0;
	unsigned found = 0;

	assert_non_null(f);
	fclose(f);
	assert_memory_equal(file, "\x0a\x0d\x0d\x0a", 4); /* a section header */
	for (size_t i = 0; i + 12 < n; i++)
		found += memcmp(file + i, headers ? RTP : "voice", headers ? 12 : 5) == 0;
	return found;
}

/* All that comes to the ports of a captured session, whoever sent it; with the payload or without. */
static void capturing(void **state)
{
	struct stage *s = *state;
	const uint32_t in = flow_index(&s->flows, (struct own_port){ PHONES, 10000 });
	struct capture capture = { 0 };
	char path[] = "/tmp/natsbc-capture-XXXXXX", error[256];

	assert_int_equal(close(mkstemp(path)), 0);
	unlink(path);
	s->path.capture = &capture;
	assert_int_equal(capture_begin(&capture, 1, path, 1 << 20, error, sizeof(error)), 0);
	assert_int_equal(capture_begin(&capture, 2, path, 1 << 20, error, sizeof(error)), -1); /* is there already */
	for (int i = 0; i < LEARN_CONFIRM; i++) {
		s->flows.slow[in].capture = i == 0 ? CAPTURE_HEADERS : i < 3 ? CAPTURE_WHOLE : CAPTURE_NONE;
		put(s, PHONE, "192.0.2.1:10000", SPAN(RTP));
		s->b.mbuf[0]->port = 0;
		run(s);
		rte_pktmbuf_free(s->b.mbuf[0]);
		s->path.nic[1].n = 0;
		s->b.n = 0;
	}
	capture_end(&capture, 1);
	assert_int_equal(captured(path, true), 3);
	assert_int_equal(captured(path, false), 2);
	assert_int_equal(capture.dropped, 0);
	capture_fini(&capture);
	unlink(path);
}

/* Five packets confirm; then others are refused without a look at them. */
static void confirmed_source_is_strict(void **state)
{
	struct stage *s = *state;
	char rtp[] = RTP;

	for (int i = 0; i < LEARN_CONFIRM; i++, rtp[3]++)
		put(s, PHONE, "192.0.2.1:10000", span_of(rtp, sizeof(rtp) - 1));
	put(s, "198.51.100.7:4001", "192.0.2.1:10000", span_of(rtp, sizeof(rtp) - 1));
	put(s, "198.51.100.8:4000", "192.0.2.1:10000", span_of(rtp, sizeof(rtp) - 1));
	run(s);
	assert_int_equal(s->b.packet[LEARN_CONFIRM - 1].verdict, VERDICT_SENT);
	assert_int_equal(s->b.packet[LEARN_CONFIRM].verdict, VERDICT_SOURCE);     /* another port */
	assert_int_equal(s->b.packet[LEARN_CONFIRM + 1].verdict, VERDICT_SOURCE); /* another host */
	assert_int_not_equal(s->b.packet[0].in->in.quick, 0);
}

static void every_verdict_has_a_name(void **state)
{
	(void)state;
	for (int v = 0; v < VERDICT_N; v++) {
		assert_non_null(verdict_name((enum verdict)v));
		for (int other = 0; other < v; other++)
			assert_string_not_equal(verdict_name((enum verdict)v), verdict_name((enum verdict)other));
	}
}

static int dpdk_begin(void **state)
{
	const struct eal_ask ask = { .megabytes = 32, .workers = 1 };
	char error[256];

	(void)state;
	if (eal_start(&ask, error, sizeof(error)) < 0) {
		print_error("%s\n", error);
		return -1;
	}
	pool = pool_create("test", 1024);
	return pool ? 0 : -1;
}

static int dpdk_end(void **state)
{
	(void)state;
	/* What tests freed must all be back. */
	if (rte_mempool_in_use_count(pool) != 0)
		return -1;
	rte_mempool_free(pool);
	eal_stop();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(verdicts, begin, end),
		cmocka_unit_test_setup_teardown(relayed_packet, begin, end),
		cmocka_unit_test_setup_teardown(relayed_packet_v6, begin, end),
		cmocka_unit_test_setup_teardown(from_ipv4_to_ipv6, begin, end),
		cmocka_unit_test_setup_teardown(from_ipv6_to_ipv4, begin, end),
		cmocka_unit_test_setup_teardown(ipv6_without_checksum, begin, end),
		cmocka_unit_test_setup_teardown(longest_packet, begin, end),
		cmocka_unit_test_setup_teardown(packets_of_our_own, begin, end),
		cmocka_unit_test_setup_teardown(names_do_not_cross, begin, end),
		cmocka_unit_test_setup_teardown(what_is_blocked_goes_no_further, begin, end),
		cmocka_unit_test_setup_teardown(a_digit_is_told_to_control, begin, end),
		cmocka_unit_test_setup_teardown(a_digit_takes_the_place_of_a_voice, begin, end),
		cmocka_unit_test_setup_teardown(silence_takes_the_place_of_a_voice, begin, end),
		cmocka_unit_test_setup_teardown(what_others_encrypted_passes_untouched, begin, end),
		cmocka_unit_test_setup_teardown(feedback_is_for_who_has_negotiated_it, begin, end),
		cmocka_unit_test_setup_teardown(payload_numbers_are_mapped, begin, end),
		cmocka_unit_test_setup_teardown(datagrams_are_relayed_as_they_are, begin, end),
		cmocka_unit_test_setup_teardown(damaged_header, begin, end),
		cmocka_unit_test_setup_teardown(counts, begin, end),
		cmocka_unit_test_setup_teardown(quality, begin, end),
		cmocka_unit_test_setup_teardown(capturing, begin, end),
		cmocka_unit_test_setup_teardown(confirmed_source_is_strict, begin, end),
		cmocka_unit_test(every_verdict_has_a_name),
	};

	return cmocka_run_group_tests(tests, dpdk_begin, dpdk_end);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Every way that a packet can end, and what a relayed one looks like. */
#include "tests/unit/rtpproxy/burst_stage.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		BURST_TEST(verdicts),
		BURST_TEST(relayed_packet),
		BURST_TEST(relayed_packet_v6),
		BURST_TEST(from_ipv4_to_ipv6),
		BURST_TEST(from_ipv6_to_ipv4),
		BURST_TEST(ipv6_without_checksum),
		BURST_TEST(longest_packet),
		BURST_TEST(packets_of_our_own),
		BURST_TEST(names_do_not_cross),
		BURST_TEST(damaged_header),
		BURST_TEST(confirmed_source_is_strict),
		cmocka_unit_test(every_verdict_has_a_name),
	};

	return cmocka_run_group_tests(tests, dpdk_begin, dpdk_end);
}

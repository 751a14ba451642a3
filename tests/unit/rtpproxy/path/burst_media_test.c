/* SPDX-License-Identifier: BSD-3-Clause */
/* What is done to the media in a packet: blocked, heard for digits, mapped; or left alone. */
#include "tests/unit/rtpproxy/burst_stage.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		BURST_TEST(what_is_blocked_goes_no_further),       BURST_TEST(a_digit_is_told_to_control),
		BURST_TEST(a_digit_takes_the_place_of_a_voice),    BURST_TEST(silence_takes_the_place_of_a_voice),
		BURST_TEST(feedback_is_for_who_has_negotiated_it), BURST_TEST(payload_numbers_are_mapped),
		BURST_TEST(datagrams_are_relayed_as_they_are),
	};

	return cmocka_run_group_tests(tests, dpdk_begin, dpdk_end);
}

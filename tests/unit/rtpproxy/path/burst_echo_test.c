/* SPDX-License-Identifier: BSD-3-Clause */
/* A port that is its own peer: what comes goes back to who sent it, and to nobody else. */
#include "tests/unit/rtpproxy/burst_stage.h"

#include "tests/unit/rtpproxy/srtp_peer.h"

#define AT "192.0.2.1:10020"

static const struct own_port own = { PHONES, 10020 };

static void echo_set(struct stage *s, struct port_spec spec)
{
	struct order o = { .kind = ORDER_SET, .index = flow_index(&s->flows, own) };

	spec.own = spec.peer = own;
	spec.session = 1;
	spec.window_open = true;
	spec.policy = LATCH_SDP_IP;
	spec.expected = addr(PHONE);
	o.set.cover = cover_is_asked(&spec) ? cover_new(&spec, NULL, NULL) : NULL;
	o.set.spec = spec;
	o.set.peer = o.index;
	o.set.expected = (struct hop){ .mac = { 2, 0, 0, 0, 0, 9 }, .nic = 0 };
	flow_order(&s->flows, &o, 0, tell, s);
}

static enum verdict come(struct stage *s, const char *from, struct span payload)
{
	burst_free(s);
	put(s, from, AT, payload);
	run(s);
	return (enum verdict)s->b.packet[0].verdict;
}

/* What goes back just now, whole, to that port of the phone's; its payload. */
static struct span back(struct stage *s, uint16_t to)
{
	struct rte_mbuf *m;
	struct frame f;
	uint8_t *p;

	assert_int_equal(s->path.nic[0].n, 1);
	m = s->path.nic[0].mbuf[0];
	p = rte_pktmbuf_mtod(m, uint8_t *);
	assert_int_equal(frame_parse(p, m->data_len, &f), FRAME_OK);
	assert_true(datagram_sound(p));
	assert_int_equal(__builtin_bswap16(frame_source_port(p, &f)), own.port);
	assert_int_equal(__builtin_bswap16(frame_destination_port(p, &f)), to);
	return span_of((const char *)p + frame_payload(&f), f.payload_len);
}

static void assert_back(struct stage *s, uint16_t to, struct span want)
{
	const struct span got = back(s, to);

	assert_int_equal(got.n, want.n);
	assert_memory_equal(got.p, want.p, want.n);
}

static void to_who_speaks_wherever_he_is(void **state)
{
	struct stage *s = *state;
	const struct flow *f = &s->flows.flow[flow_index(&s->flows, own)];

	echo_set(s, (struct port_spec){ .mux = true });
	for (char i = 0; i < 2 * LEARN_CONFIRM; i++) {
		char rtp[] = RTP;

		rtp[3] = i;
		assert_int_equal(come(s, "198.51.100.7:4444", span_of(rtp, sizeof(rtp) - 1)), VERDICT_SENT);
		assert_back(s, 4444, span_of(rtp, sizeof(rtp) - 1));
	}
	assert_int_equal(f->in.packets, 2 * LEARN_CONFIRM);
	assert_int_equal(f->out.packets, 2 * LEARN_CONFIRM);
}

/* With rtcp-mux, too: it is heard, and ends. */
static void rtcp_does_not_come_back(void **state)
{
	struct stage *s = *state;
	const struct flow *f = &s->flows.flow[flow_index(&s->flows, own)];

	echo_set(s, (struct port_spec){ .mux = true });
	assert_int_equal(come(s, PHONE, SPAN(RTP)), VERDICT_SENT);
	assert_int_equal(come(s, PHONE, SPAN(RTCP)), VERDICT_NO_PEER);
	assert_int_equal(s->path.nic[0].n, 0);
	assert_int_equal(f->in.packets, 2);
}

/* Two echoes that have each other for a phone: any hop limit is used up in the end. */
static void a_packet_goes_back_with_a_hop_less(void **state)
{
	static const struct {
		uint8_t came, went;
		enum verdict end;
	} cases[] = { { 255, 254, VERDICT_SENT },
		      { 64, 63, VERDICT_SENT },
		      { 2, 1, VERDICT_SENT },
		      { 1, 0, VERDICT_CIRCLE },
		      { 0, 0, VERDICT_CIRCLE } };
	struct stage *s = *state;

	echo_set(s, (struct port_spec){ 0 });
	for (char n = 0; n < LEARN_CONFIRM; n++) {
		char rtp[] = RTP;

		rtp[3] = n;
		assert_int_equal(come(s, PHONE, span_of(rtp, sizeof(rtp) - 1)), VERDICT_SENT);
	}
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rte_mbuf *m;
		struct frame f;

		burst_free(s);
		put(s, PHONE, AT, SPAN(RTP));
		m = s->b.mbuf[0];
		assert_int_equal(frame_parse(rte_pktmbuf_mtod(m, uint8_t *), m->data_len, &f), FRAME_OK);
		frame_hops_set(rte_pktmbuf_mtod(m, uint8_t *), &f, cases[i].came);
		run(s);
		assert_int_equal(s->b.packet[0].verdict, cases[i].end);
		if (cases[i].end != VERDICT_SENT)
			continue;
		assert_back(s, 4000, SPAN(RTP));
		assert_int_equal(frame_hops(rte_pktmbuf_mtod(m, uint8_t *), &f), cases[i].went);
	}
}

static void not_to_strangers(void **state)
{
	struct stage *s = *state;

	echo_set(s, (struct port_spec){ 0 });
	assert_int_equal(come(s, "198.51.100.66:4000", SPAN(RTP)), VERDICT_SOURCE);
	/* Nor to another port of ours: packets would go in circles. */
	assert_int_equal(come(s, "192.0.2.1:10000", SPAN(RTP)), VERDICT_SOURCE);
	assert_int_equal(s->path.nic[0].n + s->path.nic[1].n, 0);
}

static void sealed_with_the_keys_of_that_side(void **state)
{
	const struct srtp_key ours = srtp_peer_key(SRTP_SUITE_AEAD_AES_128_GCM, 1),
			      theirs = srtp_peer_key(SRTP_SUITE_AEAD_AES_128_GCM, 2);
	struct stage *s = *state;
	struct srtp_peer peer;

	srtp_peer_open(&peer, &ours, &theirs);
	echo_set(s, (struct port_spec){ .opens = theirs, .seals = ours });
	for (uint8_t i = 0; i < 3; i++) {
		uint8_t sealed[512] = RTP, got[512];
		struct span left;
		uint32_t n;

		sealed[3] = i;
		n = srtp_peer_seals(&peer, sealed, sizeof(RTP) - 1, false);
		assert_int_equal(come(s, PHONE, span_of((const char *)sealed, n)), VERDICT_SENT);
		left = back(s, 4000);
		memcpy(got, left.p, left.n);
		n = srtp_peer_hears(&peer, got, left.n, false);
		assert_int_equal(n, sizeof(RTP) - 1);
		assert_int_equal(got[3], i);
		assert_memory_equal(got + 4, RTP + 4, n - 4);
	}
	srtp_peer_close(&peer);
}

static void another_peer_ends_it(void **state)
{
	struct stage *s = *state;
	struct order o = { .kind = ORDER_SET, .index = flow_index(&s->flows, own) };

	echo_set(s, (struct port_spec){ 0 });
	assert_int_equal(come(s, PHONE, SPAN(RTP)), VERDICT_SENT);
	o.set.spec = (struct port_spec){
		.own = own, .session = 1, .window_open = true, .policy = LATCH_SDP_IP, .expected = addr(PHONE)
	};
	flow_order(&s->flows, &o, 0, tell, s);
	assert_int_equal(come(s, PHONE, SPAN(RTP)), VERDICT_NO_PEER);
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

#define ECHO_TEST(what) cmocka_unit_test_setup_teardown(what, begin, echo_end)

static int echo_end(void **state)
{
	burst_free(*state);
	return end(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ECHO_TEST(to_who_speaks_wherever_he_is),       ECHO_TEST(rtcp_does_not_come_back),
		ECHO_TEST(a_packet_goes_back_with_a_hop_less), ECHO_TEST(not_to_strangers),
		ECHO_TEST(sealed_with_the_keys_of_that_side),  ECHO_TEST(another_peer_ends_it),
	};

	return cmocka_run_group_tests(tests, all_begin, all_end);
}

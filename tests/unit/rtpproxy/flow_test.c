/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rtpproxy/flow.h"

enum { NEAR, FAR, NOTES_MAX = 16 };

struct notes {
	struct notice of[NOTES_MAX];
	unsigned n;
};

struct stage {
	struct config conf;
	struct flow_table t;
	struct notes notes;
};

static struct addr addr(const char *text)
{
	struct addr a = { 0 };

	if (text && addr_parse(span_str(text), 0, &a) < 0)
		fail_msg("%s", text);
	return a;
}

static void note(void *ctx, const struct notice *n)
{
	struct notes *notes = ctx;

	assert_true(notes->n < NOTES_MAX);
	notes->of[notes->n++] = *n;
}

static int begin(void **state)
{
	struct stage *s = calloc(1, sizeof(*s));

	s->conf.nrealm = 3;
	s->conf.realms[NEAR] =
		(struct conf_realm){ .address = addr("192.0.2.1"), .media_first = 10000, .media_last = 10003 };
	s->conf.realms[1] = (struct conf_realm){ .address = addr("192.0.2.2") };
	s->conf.realms[2] =
		(struct conf_realm){ .address = addr("192.0.2.3"), .media_first = 20000, .media_last = 20001 };
	*state = s;
	return flow_table_init(&s->t, &s->conf);
}

static int end(void **state)
{
	struct stage *s = *state;

	flow_table_fini(&s->t);
	free(s);
	return 0;
}

static void index_of_ports(void **state)
{
	const struct stage *s = *state;
	static const struct {
		struct own_port own;
		uint32_t index;
	} cases[] = {
		{ { 0, 10000 }, 1 }, { { 0, 10003 }, 4 }, { { 2, 20000 }, 5 },   { { 2, 20001 }, 6 },
		{ { 0, 9999 }, 0 },  { { 0, 10004 }, 0 }, { { 1, 10000 }, 0 },   { { 2, 10000 }, 0 },
		{ { 0, 0 }, 0 },     { { 3, 10000 }, 0 }, { { 255, 20000 }, 0 },
	};

	assert_int_equal(s->t.count, 7);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const uint32_t index = flow_index(&s->t, cases[i].own);
		const struct own_port own = flow_own(&s->t, index);

		if (index != cases[i].index)
			fail_msg("case %zu: %u", i, index);
		if (index && (own.realm != cases[i].own.realm || own.port != cases[i].own.port))
			fail_msg("case %zu: back to %u:%u", i, own.realm, own.port);
	}
}

static void index_of_packets(void **state)
{
	const struct stage *s = *state;
	static const struct {
		const char *to;
		uint32_t index;
	} cases[] = {
		{ "192.0.2.1:10000", 1 },    { "192.0.2.3:20001", 6 }, { "192.0.2.1:9999", 0 },
		{ "192.0.2.1:20000", 0 },    { "192.0.2.2:10000", 0 }, { "192.0.2.9:10000", 0 },
		{ "[c000:201::]:10000", 0 }, /* the same bytes, but IPv6 */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct addr to = addr(cases[i].to);
		const struct host h = host_of(&to);

		if (flow_of(&s->t, h, to.family, __builtin_bswap16(to.port)) != cases[i].index)
			fail_msg("%s", cases[i].to);
	}
}

static struct order set_order(const struct stage *s, uint16_t port, enum stream_kind kind, const char *expected)
{
	struct order o = { .kind = ORDER_SET };

	o.set.spec = (struct port_spec){ .own = { NEAR, port },
					 .kind = kind,
					 .policy = LATCH_OPEN,
					 .window_open = true,
					 .session = 9,
					 .expected = addr(expected),
					 .signalling = addr("198.51.100.9") };
	o.set.expected = (struct hop){ .mac = { 2, 0, 0, 0, 0, 1 }, .nic = 1 };
	o.set.signalling = (struct hop){ .mac = { 2, 0, 0, 0, 0, 2 }, .nic = NIC_NONE };
	o.index = flow_index(&s->t, o.set.spec.own);
	return o;
}

static void order(struct stage *s, const struct order *o)
{
	flow_order(&s->t, o, 0, note, &s->notes);
}

/* Five packets that confirm. */
static void confirm(struct stage *s, uint32_t index, const char *source)
{
	struct learn_packet p = { .source = addr(source), .ssrc = 5, .media = true };

	for (uint16_t i = 0; i < LEARN_CONFIRM; i++) {
		p.seq = i;
		assert_int_equal(flow_learn(&s->t, index, &p, 0, note, &s->notes), LEARN_ACCEPT);
	}
	assert_int_not_equal(s->t.flow[index].in.quick, 0);
}

static void sends_to_the_sdp_address_at_first(void **state)
{
	struct stage *s = *state;
	const struct order o = set_order(s, 10000, STREAM_RTP, "198.51.100.7:4000");
	const struct flow *f = &s->t.flow[o.index];
	const struct addr to = addr("198.51.100.7:4000");
	const struct host h = host_of(&to);

	order(s, &o);
	assert_int_equal(f->in.use, FLOW_ON);
	assert_int_equal(s->t.slow[o.index].aim, AIM_READY);
	assert_int_equal(f->out.to.tag[FLOW_TAG_NIC], 1);
	assert_int_equal(f->out.to.target_mac[5], 1);
	assert_true(host_eq(&f->out.to.target, &h));
	assert_int_equal(f->out.to.port[1], __builtin_bswap16(4000));
	assert_int_equal(f->out.to.port[0], __builtin_bswap16(10000));
	assert_int_equal(s->notes.n, 0);
}

/* M4: somebody who was heard a moment after the worker's time of this burst has not been silent. */
static void who_was_heard_just_now_keeps_the_port(void **state)
{
	struct stage *s = *state;
	const struct order o = set_order(s, 10000, STREAM_RTP, NULL);
	struct learn_packet p = { .source = addr("203.0.113.66:1000"), .ssrc = 5, .media = true };

	order(s, &o);
	confirm(s, o.index, "203.0.113.5:1000");
	s->t.flow[o.index].in.at_ms = 100004;
	for (p.seq = 6; p.seq < 6 + 2 * LEARN_CONFIRM; p.seq++)
		assert_int_not_equal(flow_learn(&s->t, o.index, &p, 100000, note, &s->notes), LEARN_ACCEPT);
}

static void nobody_to_send_to(void **state)
{
	struct stage *s = *state;
	struct order o = set_order(s, 10000, STREAM_RTP, NULL);

	order(s, &o);
	assert_int_equal(s->t.slow[o.index].aim, AIM_NONE);
	o.set.spec.drop = true;
	order(s, &o);
	assert_int_equal(s->t.flow[o.index].in.use, FLOW_OFF);
}

static void way_to_a_learnt_host_is_asked_for_once(void **state)
{
	struct stage *s = *state;
	const struct order o = set_order(s, 10000, STREAM_RTP, NULL);
	struct order way = { .kind = ORDER_HOP, .index = o.index };
	const struct flow *f = &s->t.flow[o.index];

	order(s, &o);
	confirm(s, o.index, "203.0.113.5:1000");
	assert_int_equal(s->notes.n, 2);
	assert_int_equal(s->notes.of[0].kind, NOTICE_WAY);
	assert_int_equal(s->notes.of[1].kind, NOTICE_LATCHED);
	assert_int_equal(s->notes.of[1].session, 9);
	assert_int_equal(s->t.slow[o.index].aim, AIM_NO_WAY);

	way.hop.host = addr("203.0.113.6");
	way.hop.hop.nic = 2;
	order(s, &way);
	assert_int_equal(s->t.slow[o.index].aim, AIM_NO_WAY); /* another host's */
	way.hop.host = addr("203.0.113.5");
	order(s, &way);
	assert_int_equal(s->t.slow[o.index].aim, AIM_READY);
	assert_int_equal(f->out.to.tag[FLOW_TAG_NIC], 2);
	way.hop.hop.nic = NIC_NONE;
	order(s, &way);
	assert_int_equal(s->t.slow[o.index].aim, AIM_NO_WAY);
}

static void new_sdp_keeps_the_way_to_the_latched(void **state)
{
	struct stage *s = *state;
	const struct order o = set_order(s, 10000, STREAM_RTP, NULL);
	struct order way = { .kind = ORDER_HOP, .index = o.index };
	const struct flow *f = &s->t.flow[o.index];

	order(s, &o);
	confirm(s, o.index, "203.0.113.5:1000");
	way.hop.host = addr("203.0.113.5");
	way.hop.hop.nic = 2;
	order(s, &way);
	order(s, &o);
	assert_int_equal(s->t.slow[o.index].aim, AIM_READY);
	assert_int_equal(f->out.to.tag[FLOW_TAG_NIC], 2);
	assert_int_not_equal(f->in.quick, 0);
}

static void rtcp_starts_over_when_rtp_moves(void **state)
{
	struct stage *s = *state;
	const struct order rtp = set_order(s, 10000, STREAM_RTP, "198.51.100.7:4000");
	const struct order rtcp = set_order(s, 10001, STREAM_RTCP, "198.51.100.7:4001");
	struct learn_packet p = { .source = addr("203.0.113.5:1001") };

	order(s, &rtp);
	order(s, &rtcp);
	confirm(s, rtp.index, "203.0.113.5:1000");
	assert_int_equal(flow_learn(&s->t, rtcp.index, &p, 0, note, &s->notes), LEARN_ACCEPT);
	assert_int_equal(s->t.slow[rtcp.index].learn.state, PORT_LATCHED);
	p.source = addr("203.0.113.6:1001");
	assert_int_equal(flow_learn(&s->t, rtcp.index, &p, 0, note, &s->notes), LEARN_REFUSE_FIRST);

	s->t.slow[rtp.index].learn.state = PORT_WAITING;
	confirm(s, rtp.index, "203.0.113.6:1000");
	assert_int_equal(s->t.slow[rtcp.index].learn.state, PORT_WAITING);
	assert_int_equal(flow_learn(&s->t, rtcp.index, &p, 0, note, &s->notes), LEARN_ACCEPT);
}

/* M5, M4: a NAT that gave RTP another port has given RTCP another one, too. */
static void rtcp_starts_over_when_rtp_changes_its_port(void **state)
{
	struct stage *s = *state;
	const struct order rtp = set_order(s, 10000, STREAM_RTP, "198.51.100.7:4000");
	const struct order rtcp = set_order(s, 10001, STREAM_RTCP, "198.51.100.7:4001");
	struct learn_packet p = { .source = addr("203.0.113.5:1001"), .ssrc = 5, .media = true };

	order(s, &rtp);
	order(s, &rtcp);
	confirm(s, rtp.index, "203.0.113.5:1000");
	assert_int_equal(flow_learn(&s->t, rtcp.index, &p, 0, note, &s->notes), LEARN_ACCEPT);
	p.source = addr("203.0.113.5:2000");
	s->t.flow[rtp.index].measure.ssrc = 5;
	for (uint16_t i = 0; i < LEARN_CONFIRM; i++) {
		p.seq = (uint16_t)(LEARN_CONFIRM + i);
		flow_learn(&s->t, rtp.index, &p, LEARN_SILENCE_MS, note, &s->notes);
	}
	assert_int_equal(s->t.slow[rtp.index].learn.source.port, 2000);
	assert_int_equal(s->t.slow[rtcp.index].learn.state, PORT_WAITING);
}

/* M6, and FAULTS 22. */
static void what_may_not_be_learnt(void **state)
{
	static const struct {
		const char *name, *source, *expected;
		enum learn_verdict verdict;
	} cases[] = {
		{ "a port of ours", "192.0.2.3:20000", NULL, LEARN_REFUSE_FIRST },
		{ "the port itself", "192.0.2.1:10000", NULL, LEARN_REFUSE_FIRST },
		{ "a call that is known to come back", "192.0.2.3:20000", "192.0.2.3:20000", LEARN_ACCEPT },
		{ "not the one that it comes back by", "192.0.2.3:20001", "192.0.2.3:20000", LEARN_REFUSE_FIRST },
		{ "a phone on this host", "192.0.2.3:4000", "192.0.2.3:4001", LEARN_ACCEPT },
		{ "a program of this host that nobody named", "192.0.2.3:4000", NULL, LEARN_REFUSE_FIRST },
		{ "the same at the realm's own address", "192.0.2.1:2223", "198.51.100.7:4000", LEARN_REFUSE_FIRST },
		{ "loopback", "127.0.0.1:2223", NULL, LEARN_REFUSE_FIRST },
		{ "loopback, though named", "127.0.0.1:2223", "127.0.0.1:2223", LEARN_REFUSE_FIRST },
		{ "metadata service", "169.254.169.254:4000", NULL, LEARN_REFUSE_FIRST },
		{ "nobody", "0.0.0.0:4000", NULL, LEARN_REFUSE_FIRST },
		{ "multicast", "224.0.0.1:4000", NULL, LEARN_REFUSE_FIRST },
		{ "broadcast", "255.255.255.255:4000", NULL, LEARN_REFUSE_FIRST },
	};
	struct stage *s = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct order o = set_order(s, 10000, STREAM_RTP, cases[i].expected);
		const struct order clear = { .kind = ORDER_CLEAR, .index = o.index };
		const struct learn_packet p = { .source = addr(cases[i].source), .ssrc = 5, .media = true };

		s->notes.n = 0;
		order(s, &o);
		if (flow_learn(&s->t, o.index, &p, 0, note, &s->notes) != cases[i].verdict)
			fail_msg("%s", cases[i].name);
		order(s, &clear);
	}
}

static void stats_tell_what_happened(void **state)
{
	struct stage *s = *state;
	const struct order o = set_order(s, 10000, STREAM_RTP, "198.51.100.7:4000");
	struct flow *f = &s->t.flow[o.index];
	struct learn_packet stranger = { .source = addr("203.0.113.66:6666"), .media = true };
	const struct addr source = addr("198.51.100.7:4000");
	struct rtp_quality quality;
	struct port_stats stats;

	assert_false(flow_quality(&s->t, o.index, 1, &quality));
	flow_stats(&s->t, o.index, 1, &stats); /* set, but the worker has not come to it */
	assert_int_equal(stats.state, PORT_WAITING);
	order(s, &o);
	confirm(s, o.index, "198.51.100.7:4000");
	assert_int_equal(flow_learn(&s->t, o.index, &stranger, 0, note, &s->notes), LEARN_REFUSE_FIRST);
	assert_int_equal(flow_learn(&s->t, o.index, &stranger, 0, note, &s->notes), LEARN_REFUSE);
	f->in.packets = 5;
	f->out.bytes = 7;
	flow_stats(&s->t, o.index, 1, &stats);
	assert_int_equal(stats.state, PORT_LATCHED);
	assert_true(addr_eq(&stats.latched, &source));
	assert_true(addr_eq(&stats.refused[0], &stranger.source));
	assert_false(addr_is_set(&stats.refused[1]));
	assert_int_equal(stats.refused_packets, 2);
	assert_int_equal(stats.rx_packets, 5);
	assert_int_equal(stats.tx_bytes, 7);
	assert_int_equal(s->notes.of[s->notes.n - 1].kind, NOTICE_REFUSED);
	flow_stats(&s->t, o.index, 2, &stats); /* a later session's port: nothing of the former shows */
	assert_int_equal(stats.rx_packets, 0);
}

/* Who was turned away: the last few, the latest first; one that goes on and on takes one place. */
static void refused_sources(void **state)
{
	static const char *const from[] = { "198.51.100.1:1", "198.51.100.2:2", "198.51.100.2:2",
					    "198.51.100.3:3", "198.51.100.4:4", "198.51.100.4:4" };
	static const char *const want[] = { "198.51.100.4:4", "198.51.100.3:3", "198.51.100.2:2" };
	struct stage *s = *state;
	const struct order o = set_order(s, 10000, STREAM_RTP, "198.51.100.7:4000");
	struct port_stats stats;
	char text[ADDR_TEXT_MAX];

	order(s, &o);
	confirm(s, o.index, "198.51.100.7:4000");
	for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
		const struct learn_packet p = { .source = addr(from[i]), .ssrc = 9, .media = true };

		flow_learn(&s->t, o.index, &p, 0, note, &s->notes);
	}
	flow_stats(&s->t, o.index, 1, &stats);
	assert_int_equal(stats.refused_packets, 6);
	for (unsigned i = 0; i < PORT_REFUSED_MAX; i++)
		assert_string_equal(addr_text(&stats.refused[i], text), want[i]);
}

/* Without a kernel program before the interface: also who was known before his ban is looked at, and not heard. */
static void who_is_banned_is_not_heard(void **state)
{
	static const struct hash_key key = { 1, 2 };
	struct stage *s = *state;
	const struct order o = set_order(s, 10000, STREAM_RTP, "198.51.100.7:4000");
	const struct order tick = { .kind = ORDER_TICK, .index = o.index };
	const struct learn_packet of_known = {
		.source = addr("198.51.100.7:4000"), .ssrc = 5, .seq = 9, .media = true
	};
	const struct prefix whom = { .base = addr("198.51.100.0"), .bits = 24 };
	struct learn_packet of_another = of_known;
	struct barred barred;

	of_another.source = addr("198.51.101.7:4000");
	assert_int_equal(barred_init(&barred, 8, &key), 0);
	s->t.barred = &barred;
	order(s, &o);
	confirm(s, o.index, "198.51.100.7:4000");
	assert_int_equal(barred_put(&barred, &whom), 0);
	order(s, &tick);
	assert_int_equal(s->t.flow[o.index].in.quick, 0);
	assert_int_equal(flow_learn(&s->t, o.index, &of_known, 0, note, &s->notes), LEARN_BANNED);
	assert_int_equal(flow_learn(&s->t, o.index, &of_another, 0, note, &s->notes), LEARN_REFUSE_FIRST);
	assert_int_equal(s->t.slow[o.index].learn.state, PORT_LATCHED); /* it is his port still */
	barred_drop(&barred, &whom);
	order(s, &tick);
	assert_int_not_equal(s->t.flow[o.index].in.quick, 0);
	assert_int_equal(flow_learn(&s->t, o.index, &of_known, 0, note, &s->notes), LEARN_ACCEPT);
	barred_fini(&barred);
}

static void who_is_banned_is_not_learnt(void **state)
{
	static const struct hash_key key = { 1, 2 };
	struct stage *s = *state;
	const struct order o = set_order(s, 10000, STREAM_RTP, "198.51.100.7:4000");
	const struct prefix whom = { .base = addr("198.51.100.7"), .bits = 32 };
	struct learn_packet p = { .source = addr("198.51.100.7:4000"), .ssrc = 5, .media = true };
	struct barred barred;

	assert_int_equal(barred_init(&barred, 8, &key), 0);
	assert_int_equal(barred_put(&barred, &whom), 0);
	s->t.barred = &barred;
	order(s, &o);
	for (p.seq = 0; p.seq < 2 * LEARN_CONFIRM; p.seq++)
		assert_int_equal(flow_learn(&s->t, o.index, &p, 0, note, &s->notes), LEARN_BANNED);
	assert_int_equal(s->t.slow[o.index].learn.state, PORT_WAITING);
	assert_int_equal(s->t.slow[o.index].refused, 0); /* its port's policy would have it */
	barred_fini(&barred);
}

static void sessions_do_not_inherit(void **state)
{
	struct stage *s = *state;
	struct order o = set_order(s, 10000, STREAM_RTP, "198.51.100.7:4000");
	const struct order clear = { .kind = ORDER_CLEAR, .index = o.index };
	const struct flow *f = &s->t.flow[o.index];

	order(s, &o);
	confirm(s, o.index, "198.51.100.7:4000");
	rtp_measure_packet(&s->t.flow[o.index].measure, 7, 9, 0, false, 1);
	o.set.spec.session = 10;
	order(s, &o);
	assert_int_equal(f->measure.window, 0);
	assert_int_equal(f->measure.ssrc, 0);
	assert_int_equal(s->t.slow[o.index].learn.state, PORT_WAITING);
	assert_int_equal(f->in.quick, 0);
	order(s, &clear);
	assert_int_equal(f->in.use, FLOW_UNUSED);
	assert_int_equal(s->t.slow[o.index].applied, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(index_of_ports, begin, end),
		cmocka_unit_test_setup_teardown(index_of_packets, begin, end),
		cmocka_unit_test_setup_teardown(sends_to_the_sdp_address_at_first, begin, end),
		cmocka_unit_test_setup_teardown(who_was_heard_just_now_keeps_the_port, begin, end),
		cmocka_unit_test_setup_teardown(nobody_to_send_to, begin, end),
		cmocka_unit_test_setup_teardown(way_to_a_learnt_host_is_asked_for_once, begin, end),
		cmocka_unit_test_setup_teardown(new_sdp_keeps_the_way_to_the_latched, begin, end),
		cmocka_unit_test_setup_teardown(rtcp_starts_over_when_rtp_moves, begin, end),
		cmocka_unit_test_setup_teardown(rtcp_starts_over_when_rtp_changes_its_port, begin, end),
		cmocka_unit_test_setup_teardown(what_may_not_be_learnt, begin, end),
		cmocka_unit_test_setup_teardown(stats_tell_what_happened, begin, end),
		cmocka_unit_test_setup_teardown(refused_sources, begin, end),
		cmocka_unit_test_setup_teardown(who_is_banned_is_not_heard, begin, end),
		cmocka_unit_test_setup_teardown(who_is_banned_is_not_learnt, begin, end),
		cmocka_unit_test_setup_teardown(sessions_do_not_inherit, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

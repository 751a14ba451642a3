/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/nexthop.h"

#include "sbc/call/calls.h"
#include "tests/unit/sbc/bench.h"

static struct bench bench;

/* A leg of the trunk, on a connection or not, that has learnt this Contact and these routes. */
static struct leg *a_leg(const char *target, const char *routes, enum conf_transport now, int trunk)
{
	struct leg *l = calls_new(bench.e)->leg[SIDE_A];

	l->flow = bench_carrier(&bench);
	l->flow.transport = (uint8_t)now;
	l->flow.connection = now == CONF_UDP ? 0 : 7;
	l->trunk = (int16_t)trunk;
	l->target = buf_keep(&bench.e->core.bufs, span_str(target));
	l->routes = routes ? buf_keep(&bench.e->core.bufs, span_str(routes)) : NULL;
	return l;
}

static void where_the_peer_says(void **state)
{
	static const struct {
		const char *name, *target, *routes;
		enum conf_transport now;
		const char *peer;
		enum conf_transport then;
		uint32_t connection;
	} cases[] = {
		{ "another of its addresses", "sip:a@203.0.113.7", NULL, CONF_UDP, "203.0.113.7:5060", CONF_UDP, 0 },
		{ "another port", "sip:a@203.0.113.99:5070", NULL, CONF_UDP, "203.0.113.99:5070", CONF_UDP, 0 },
		{ "another transport", "sip:a@203.0.113.99;transport=tcp", NULL, CONF_UDP, "203.0.113.99:5060",
		  CONF_TCP, 0 },
		{ "the first route goes before", "sip:a@203.0.113.7", "<sip:203.0.113.8;lr>, <sip:203.0.113.9;lr>",
		  CONF_UDP, "203.0.113.8:5060", CONF_UDP, 0 },
		{ "the connection serves, whatever its port", "sip:a@203.0.113.99:5060;transport=tcp", NULL, CONF_TCP,
		  "203.0.113.99:5060", CONF_TCP, 7 },
		{ "no transport said: the one in use", "sip:a@203.0.113.99", NULL, CONF_TCP, "203.0.113.99:5060",
		  CONF_TCP, 7 },
		{ "another host: another connection", "sip:a@203.0.113.7;transport=tcp", NULL, CONF_TCP,
		  "203.0.113.7:5060", CONF_TCP, 0 },
		{ "a transport that we do not have", "sips:a@203.0.113.7", NULL, CONF_UDP, "203.0.113.99:5060",
		  CONF_UDP, 0 },
		{ "a name", "sip:a@gw.example", NULL, CONF_UDP, "203.0.113.99:5060", CONF_UDP, 0 },
		{ "ourselves", "sip:a@127.0.0.1", NULL, CONF_UDP, "203.0.113.99:5060", CONF_UDP, 0 },
		{ "another IP version", "sip:a@[2001:db8::1]", NULL, CONF_UDP, "203.0.113.99:5060", CONF_UDP, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char peer[ADDR_TEXT_MAX];
		struct leg *l;

		print_message("%s\n", cases[i].name);
		bench_open(&bench, BENCH_CONF);
		l = a_leg(cases[i].target, cases[i].routes, cases[i].now, 0);
		nexthop_follow(bench.e, l);
		assert_string_equal(addr_text(&l->flow.peer, peer), cases[i].peer);
		assert_int_equal(l->flow.transport, cases[i].then);
		assert_int_equal(l->flow.connection, cases[i].connection);
		bench_close(&bench);
	}
}

/* A phone is where its packets come from. */
static void a_phone_stays(void **state)
{
	struct flow before;
	struct leg *l;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	l = a_leg("sip:a@203.0.113.7;transport=tcp", NULL, CONF_UDP, -1);
	before = l->flow;
	nexthop_follow(bench.e, l);
	assert_true(flow_eq(&l->flow, &before));
	bench_close(&bench);
}

static bool wants_stream(unsigned transport, int trunk, uint32_t n, struct flow *to)
{
	const struct leg *l = a_leg("sip:a@b", NULL, transport, trunk);

	return nexthop_wants_stream(bench.e, &l->flow, l->trunk, n, to);
}

/* RFC 3261 18.1.1. */
static void too_large_for_udp(void **state)
{
	struct flow to;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	assert_false(wants_stream(CONF_UDP, 0, 1300, &to));
	assert_false(wants_stream(CONF_UDP, -1, 1301, &to));
	assert_false(wants_stream(CONF_TCP, 0, 1301, &to));
	assert_true(wants_stream(CONF_UDP, 0, 1301, &to));
	assert_int_equal(to.transport, CONF_TCP);
	assert_int_equal(bench.conf->realms[to.realm].listen[to.listen].transport, CONF_TCP);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_the_peer_says),
		cmocka_unit_test(a_phone_stays),
		cmocka_unit_test(too_large_for_udp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

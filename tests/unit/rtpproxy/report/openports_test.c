/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/report/openports.h"

#include "tests/unit/rtpproxy/rig.h"

static void own_call(struct rig *g, const char *call, const char *owner)
{
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = call,
				     .from = "A",
				     .owner = owner,
				     .sdp = rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")),
				     .direction = { "out", "lan" } });
	rig_answer(g, call, rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")));
	assert_ok(g);
}

static void ask(struct rig *g, struct ng_request q)
{
	q.command = NG_PORTS;
	rig_ask(g, q);
	assert_ok(g);
}

static struct span text_of(struct span dict, const char *key)
{
	struct ng_value v;

	return ng_find(dict, span_str(key), &v) ? (struct span){ 0 } : v.text;
}

static int64_t number_of(struct span dict, const char *key)
{
	struct ng_value v;

	assert_int_equal(ng_find(dict, span_str(key), &v), 0);
	return v.integer;
}

/* The calls of the answer: how many, and the last of them. */
static unsigned calls_of(const struct rig *g, struct span *last)
{
	struct ng_value list, one;
	struct span none;
	uint32_t at = 0;
	unsigned n = 0;

	assert_int_equal(ng_find(g->answer.body, SPAN("calls"), &list), 0);
	for (; ng_next(list.text, &at, &none, &one) == 1; n++)
		*last = one.text;
	return n;
}

/* The ports of a call as one line each. */
static const char *ports_of(struct span call)
{
	static char text[1024];
	struct writer w = writer_over(text, sizeof(text) - 1);
	struct ng_value list, one;
	struct span none;
	uint32_t at = 0;

	assert_int_equal(ng_find(call, SPAN("ports"), &list), 0);
	while (ng_next(list.text, &at, &none, &one) == 1)
		writer_format(&w, "%.*s %.*s %.*s %lld;", SPAN_ARG(text_of(one.text, "realm")),
			      SPAN_ARG(text_of(one.text, "kind")), SPAN_ARG(text_of(one.text, "said")),
			      (long long)number_of(one.text, "packets"));
	assert_false(w.failed);
	text[w.n] = '\0';
	return text;
}

static void the_ports_of_a_call(void **state)
{
	struct rig *g = *state;
	struct span call;

	own_call(g, "one", "sbc-1");
	own_call(g, "two", "sbc-1");
	ask(g, (struct ng_request){ .call_id = SPAN("one") });
	assert_int_equal(calls_of(g, &call), 1);
	assert_true(span_eq(text_of(call, "call-id"), SPAN("one")));
	assert_true(span_eq(text_of(call, "owner"), SPAN("sbc-1")));
	assert_int_equal(number_of(call, "ended"), 0);
	assert_string_equal(ports_of(call), "out RTP 198.51.100.7:4000 0;out RTCP 198.51.100.7:4001 0;"
					    "lan RTP 10.0.0.50:6000 0;lan RTCP 10.0.0.50:6001 0;");
	rig_ask(g, (struct ng_request){ .command = NG_PORTS, .call_id = SPAN("none") });
	assert_true(span_eq(g->answer.result, SPAN("error")));
}

/* Whose a port is, whoever asks; and who was learnt and refused there. */
static void one_port(void **state)
{
	struct rig *g = *state;
	const struct session *s;
	struct rig_port *p;
	struct span call;
	struct ng_value list, port, from;
	uint32_t at = 0, rtcp;

	own_call(g, "one", "sbc-1");
	own_call(g, "two", "sbc-2");
	s = table_find(&g->relay.sessions, SPAN("two"));
	assert_non_null(s);
	rtcp = s->near->stream[0].port + 1U;
	p = rig_port(g, (struct own_port){ s->near->realm, (uint16_t)rtcp });
	p->stats.latched = rig_addr("198.51.100.7:4001");
	p->stats.refused[0] = rig_addr("203.0.113.9:99");
	p->stats.refused_packets = 7;
	ask(g, (struct ng_request){ .owner = SPAN("sbc-1"), .port = rtcp });
	assert_int_equal(calls_of(g, &call), 1);
	assert_true(span_eq(text_of(call, "call-id"), SPAN("two")));
	assert_string_equal(ports_of(call), "out RTCP 198.51.100.7:4001 0;");
	assert_int_equal(ng_find(call, SPAN("ports"), &list), 0);
	assert_int_equal(ng_next(list.text, &at, &call, &port), 1);
	assert_true(span_eq(text_of(port.text, "latched"), SPAN("198.51.100.7:4001")));
	assert_int_equal(number_of(port.text, "refused"), 7);
	assert_int_equal(ng_find(port.text, SPAN("refused-from"), &from), 0);
	at = 0;
	assert_int_equal(ng_next(from.text, &at, &call, &port), 1);
	assert_true(span_eq(port.text, SPAN("203.0.113.9:99")));
	ask(g, (struct ng_request){ .port = s->near->stream[0].port - 1U });
	assert_true(calls_of(g, &call) <= 1); /* the neighbour's, or nobody's */
	ask(g, (struct ng_request){ .port = 65535 });
	assert_int_equal(calls_of(g, &call), 0);
}

/* Each call of the owner comes once, whatever the size of a page. */
static void pages_are_complete(void **state)
{
	enum { CALLS = 300 };
	struct rig *g = *state;
	static const uint32_t limits[] = { 0, 1, 7, CALLS, CALLS + 1 };
	char name[16];

	for (unsigned i = 0; i < CALLS; i++) {
		snprintf(name, sizeof(name), "c%u", i);
		own_call(g, name, "sbc-1");
		snprintf(name, sizeof(name), "x%u", i);
		if (i < 10)
			own_call(g, name, "sbc-2");
	}
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		unsigned n = 0, pages = 0;
		uint32_t after = 0;
		struct ng_value next;
		struct span call;

		do {
			ask(g, (struct ng_request){ .owner = SPAN("sbc-1"), .limit = limits[i], .after = after });
			n += calls_of(g, &call);
			pages++;
			after = ng_find(g->answer.body, SPAN("next"), &next) ? 0 : (uint32_t)next.integer;
		} while (after);
		assert_int_equal(n, CALLS);
		snprintf(name, sizeof(name), "c%u", CALLS - 1);
		assert_true(span_eq(text_of(call, "call-id"), span_str(name)));
		assert_true(limits[i] != 1 || pages == CALLS);
		assert_true(limits[i] != 0 || pages > 1); /* a page is one datagram */
	}
	ask(g, (struct ng_request){ .owner = SPAN("nobody") });
	assert_int_equal(calls_of(g, &(struct span){ 0 }), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_ports_of_a_call),
		TEST(one_port),
		TEST(pages_are_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

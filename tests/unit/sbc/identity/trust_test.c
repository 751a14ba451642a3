/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/identity/trust.h"

#include "tests/unit/sbc/bench.h"

/* The carrier calls alice, who is in lan. */
#define CONF(lan, carrier)                                                                                             \
	"{ \"realms\": {"                                                                                              \
	" \"lan\": { \"address\": \"10.0.0.5\", \"media\": { \"ports\": \"10000-10099\" }, \"trusted\": " lan ","      \
	"  \"phones\": {} },"                                                                                          \
	" \"internet\": { \"address\": \"198.51.100.5\", \"media\": { \"ports\": \"20000-20099\" } } },"               \
	"\"trunks\": { \"carrier\": { \"realm\": \"internet\", \"peers\": [\"203.0.113.99\"], \"probe\": \"0s\","      \
	" \"trusted\": " carrier " } } }"

#define CONF_TRANSPARENT                                                                                               \
	"{ \"realms\": {"                                                                                              \
	" \"lan\": { \"address\": \"10.0.0.5\", \"media\": { \"ports\": \"10000-10099\" }, \"trusted\": true,"         \
	"  \"topology\": \"transparent\", \"phones\": { \"domains\": [\"example.com\"] } },"                           \
	" \"internet\": { \"address\": \"198.51.100.5\", \"media\": { \"ports\": \"20000-20099\" } } },"               \
	"\"trunks\": { \"carrier\": { \"realm\": \"internet\", \"peers\": [\"203.0.113.99\"], \"probe\": \"0s\" } } }"

static const char *const confs[] = { CONF("false", "false"), CONF("true", "false"), CONF("false", "true"),
				     CONF("true", "true") };

static struct bench bench;

static const char *lines_of(const struct leg *to, const char *in)
{
	static char out[1024];
	struct writer w = writer_over(out, sizeof(out) - 1);
	struct sip_msg m = bench_msg(bench_request(&bench, "INVITE", "sip:alice@198.51.100.5", "trunk", 9, in, ""));

	trust_lines(bench.e, &w, to, &m, SPAN("us"));
	assert_false(w.failed);
	out[w.n] = '\0';
	return out;
}

/* Toward alice: neither side is trusted, she, the carrier, both. */
static void what_is_said_of_a_caller(void **state)
{
	static const struct {
		const char *in, *out[4];
	} cases[] = {
		{ "", { "", "", "", "" } },
		{ "P-Asserted-Identity: <sip:b@203.0.113.99>\n",
		  { "", "", "", "P-Asserted-Identity: <sip:b@us>\r\n" } },
		{ "P-Preferred-Identity: <sip:b@203.0.113.99>\n", { "", "", "", "" } },
		{ "Privacy: id\n", { "Privacy: id\r\n", "Privacy: id\r\n", "Privacy: id\r\n", "Privacy: id\r\n" } },
		{ "Privacy: user;header;session\n",
		  { "", "Privacy: header;session;user\r\n", "", "Privacy: header;session;user\r\n" } },
		{ "Privacy: user;critical\n", { "", "Privacy: user;critical\r\n", "", "Privacy: user;critical\r\n" } },
		{ "Privacy: none\n",
		  { "Privacy: none\r\n", "Privacy: none\r\n", "Privacy: none\r\n", "Privacy: none\r\n" } },
		{ "Remote-Party-ID: <sip:b@c>;privacy=full\n",
		  { "", "", "", "Privacy: id\r\nP-Asserted-Identity: <sip:b@us>\r\n" } },
		/* From's own user as that side has it: with our host there */
		{ "P-Asserted-Identity: \"X\" <sip:trunk@203.0.113.99>\n",
		  { "", "", "", "P-Asserted-Identity: \"Caller\" <sip:trunk@us>\r\n" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases) * 4; i++) {
		struct span ok;
		const char *out;

		bench_open(&bench, confs[i % 4]);
		out = lines_of(bench_call(&bench, &ok)->leg[SIDE_B], cases[i / 4].in);
		if (strcmp(out, cases[i / 4].out[i % 4]) != 0)
			fail_msg("%sway %zu: %s", cases[i / 4].in, i % 4, out);
		bench_close(&bench);
	}
}

/* A phone proves its name. Between transparent sides its domain stays, but only if it is one of ours. */
static void what_a_phone_says_of_its_domain(void **state)
{
	static const struct {
		const char *from, *out;
	} cases[] = {
		{ "<sip:trunk@example.com>", "P-Asserted-Identity: <sip:trunk@example.com>\r\n" },
		{ "<sip:trunk@10.0.0.5>", "P-Asserted-Identity: <sip:trunk@10.0.0.5>\r\n" },
		{ "<sip:trunk@bank.example>", "P-Asserted-Identity: <sip:trunk@us>\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span ok;
		struct leg *to;
		const char *out;

		bench_open(&bench, CONF_TRANSPARENT);
		to = bench_call(&bench, &ok)->leg[SIDE_B];
		to->peer->trunk = -1; /* as if a phone called her */
		to->peer->flow.realm = to->flow.realm;
		buf_replace(&bench.e->core.bufs, &to->local, span_str(cases[i].from));
		out = lines_of(to, "");
		if (strcmp(out, cases[i].out) != 0)
			fail_msg("%s: %s", cases[i].from, out);
		bench_close(&bench);
	}
}

static void ways(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct sip_msg m;
		struct topology_way way;
		struct span ok;
		struct leg *to;

		bench_open(&bench, confs[i]);
		to = bench_call(&bench, &ok)->leg[SIDE_B];
		m = bench_msg(bench_request(&bench, "INVITE", "sip:a@b", "trunk", 9, "Privacy: user\n", ""));
		way = trust_way(bench.e, to, &m, SPAN("us"));
		assert_true(span_eq(way.host, SPAN("us")));
		assert_int_equal(way.trusted, i == 3);
		assert_int_equal(way.anonymous, !(i & 1));
		assert_false(way.transparent);
		assert_false(way.emergency);
		assert_int_equal(trust_has(bench.e, to), i & 1);
		assert_int_equal(trust_has(bench.e, to->peer), i >> 1);
		way = trust_way(bench.e, to, NULL, SPAN("us"));
		assert_false(way.anonymous);
		bench_close(&bench);
	}
}

static void who_wants_to_be_nobody_is(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct sip_msg m;
		struct span ok;
		struct leg *to;

		bench_open(&bench, confs[i]);
		to = bench_call(&bench, &ok)->leg[SIDE_B];
		m = bench_msg(bench_request(&bench, "INVITE", "sip:a@b", "trunk", 9, "Privacy: id\n", ""));
		trust_hide(bench.e, to, &m);
		bench_expect(buf_span(to->local), "<sip:trunk@");
		m = bench_msg(bench_request(&bench, "INVITE", "sip:a@b", "trunk", 9, "Privacy: user\n", ""));
		trust_hide(bench.e, to, &m);
		bench_expect(buf_span(to->local), i & 1 ? "<sip:trunk@" : "<sip:anonymous@anonymous.invalid>");
		bench_close(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_of_a_caller),
		cmocka_unit_test(what_a_phone_says_of_its_domain),
		cmocka_unit_test(ways),
		cmocka_unit_test(who_wants_to_be_nobody_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/route/routeplace.h"

#include "tests/unit/sbc/bench.h"

#define CONF                                                                                                           \
	"{ " BENCH_REALMS ", \"trunks\": { \"t\": { \"realm\": \"internet\", \"peers\": [\"203.0.113.1\"],"            \
	" \"probe\": \"0s\", \"called\": [\"^0 => +49\"], \"caller\": [\"^9 => +499\", \"^alice$ => +491\"] } },"      \
	" \"routes\": [ { \"called\": [\"^1 => 0\", \"^al$ => alice\"], \"caller\": [\"^alice$ => 9\"],"               \
	" \"send\": [\"t\"] } ] }"

static struct bench bench;

enum { NO_ROUTE = -1, ROUTE };

/* The numbers of a place: the route's rewrites come first, then the trunk's; a number given passes by the route's. */
static void numbers_of_a_peer(void **state)
{
	static const struct {
		const char *user, *given;
		int route;
		const char *uri, *from;
	} cases[] = {
		{ "77", NULL, NO_ROUTE, "sip:77@203.0.113.1:5060", "\"Caller\" <sip:+491@198.51.100.5>" },
		{ "02", NULL, NO_ROUTE, "sip:+492@203.0.113.1:5060", "\"Caller\" <sip:+491@198.51.100.5>" },
		{ "12", NULL, NO_ROUTE, "sip:12@203.0.113.1:5060", "\"Caller\" <sip:+491@198.51.100.5>" },
		{ "12", NULL, ROUTE, "sip:+492@203.0.113.1:5060", "\"Caller\" <sip:+499@198.51.100.5>" },
		{ "12", "15", ROUTE, "sip:15@203.0.113.1:5060", "\"Caller\" <sip:+499@198.51.100.5>" },
		{ "12", "03", ROUTE, "sip:+493@203.0.113.1:5060", "\"Caller\" <sip:+499@198.51.100.5>" },
		{ "%37;x=y", NULL, NO_ROUTE, "sip:%37;x=y@203.0.113.1:5060", "\"Caller\" <sip:+491@198.51.100.5>" },
	};
	struct identity who = { .kind = IDENTITY_PHONE, .trunk = -1 };

	(void)state;
	bench_open(&bench, CONF);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span uri = bench_text(&bench, "sip:%s@example.com", cases[i].user);
		struct sip_msg m = bench_msg(bench_request(&bench, "INVITE", "sip:x@example.com", "alice", 1, "", ""));
		struct condition_facts call;
		struct routeplace p = { bench.e, &call, cases[i].route };
		struct route out = { 0 };

		assert_int_equal(condition_facts_read(&call, &m, uri, &who, 0), 0);
		assert_true(routeplace_trunk(&p, 0, cases[i].given, false, 4, &out));
		assert_int_equal(out.n, 1);
		assert_int_equal(out.target[0].group, 4);
		if (!span_eq(out.target[0].leg.uri, span_str(cases[i].uri)) ||
		    !span_eq(out.target[0].leg.from, span_str(cases[i].from)))
			fail_msg("%s: %.*s %.*s", cases[i].user, SPAN_ARG(out.target[0].leg.uri),
				 SPAN_ARG(out.target[0].leg.from));
	}
	bench_close(&bench);
}

/* Whose phones: who is given, else whom the route makes of the number. */
static void phones_of_whom(void **state)
{
	static const struct {
		const char *user, *given;
		int route;
		const char *to; /* NULL: nobody is there */
	} cases[] = {
		{ "alice", NULL, NO_ROUTE, "<sip:alice@example.com>" },
		{ "al", NULL, NO_ROUTE, NULL },
		{ "al", NULL, ROUTE, "<sip:alice@example.com>" },
		{ "bob", "alice", NO_ROUTE, "<sip:alice@example.com>" },
		{ "alice", "bob", NO_ROUTE, NULL },
	};
	struct identity who = { .kind = IDENTITY_PHONE, .trunk = -1 };

	(void)state;
	bench_open(&bench, CONF);
	bench_register(&bench, "alice", "sip:alice@10.0.0.20:5062");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span uri = bench_text(&bench, "sip:%s@example.com", cases[i].user);
		struct sip_msg m = bench_msg(bench_request(&bench, "INVITE", "sip:x@example.com", "alice", 1, "", ""));
		struct condition_facts call;
		struct routeplace p = { bench.e, &call, cases[i].route };
		struct route out = { 0 };
		enum count why = COUNT_N;

		assert_int_equal(condition_facts_read(&call, &m, uri, &who, 0), 0);
		assert_int_equal(routeplace_phones(&p, cases[i].given, 0, &out, &why), cases[i].to != NULL);
		if (cases[i].to)
			assert_true(span_eq(out.target[0].leg.to, span_str(cases[i].to)));
		else
			assert_int_equal(why, COUNT_REFUSE_NOT_REGISTERED);
	}
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_of_a_peer),
		cmocka_unit_test(phones_of_whom),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

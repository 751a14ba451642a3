/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/setup.h"

#include "tests/unit/sbc/bench.h"

static struct bench bench;

/* The carrier asks for alice. */
static void ask(const char *method, const char *caller, const char *lines)
{
	bench_receive(&bench, bench_carrier(&bench),
		      bench_request(&bench, method, "sip:alice@198.51.100.5", caller, 1, lines, ""));
}

static void one_request_and_its_answer(void **state)
{
	(void)state;
	bench_open(&bench, BENCH_CONF);
	bench_register(&bench, "alice", "sip:alice@10.0.0.20:5062");
	ask("MESSAGE", "t", "");
	bench_expect(bench_last(&bench), "MESSAGE sip:alice@10.0.0.20:5062 ");
	assert_int_equal(bench.e->calls->kind, CALL_REQUEST);
	bench_answer(&bench, 0, 200, "", "");
	assert_int_equal(bench_last_status(&bench), 200);
	assert_null(bench.e->calls);
	/* It was no call. */
	assert_int_equal(bench_count(&bench, COUNT_CALL_STARTED) + bench_count(&bench, COUNT_CALL_HUNGUP), 0);
	bench_close(&bench);
}

/* limits.calls, the trunk's own, and while the program ends. */
static void limits(void **state)
{
	static const struct {
		const char *conf;
		unsigned calls;
		bool draining;
		enum count why;
	} cases[] = {
		{ BENCH_CONF, 4, false, COUNT_REFUSE_CALL_LIMIT },
		{ BENCH_CONF, 0, true, COUNT_REFUSE_DRAINING },
		{ "{ " BENCH_REALMS ", " BENCH_LIMITS
		  ", \"trunks\": { \"carrier\": { \"realm\": \"internet\", \"probe\": \"0s\","
		  " \"peers\": [\"203.0.113.99\"], \"limits\": { \"calls\": 2 } } } }",
		  2, false, COUNT_REFUSE_TRUNK_CALLS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		bench_open(&bench, cases[i].conf);
		bench_register(&bench, "alice", "sip:alice@10.0.0.20:5062");
		bench.e->draining = cases[i].draining;
		for (unsigned k = 0; k <= cases[i].calls; k++)
			ask("INVITE", bench_text(&bench, "t%u%c", k, 0).p, "");
		assert_int_equal(bench_count(&bench, COUNT_CALL_STARTED), cases[i].calls);
		assert_int_equal(bench_count(&bench, cases[i].why), 1);
		assert_int_equal(bench_last_status(&bench), 503);
		bench_expect(bench_last(&bench), "\r\nRetry-After: ");
		assert_int_equal(bench.e->ncall, cases[i].calls);
		bench_close(&bench);
	}
}

static void calls_end_at_their_longest(void **state)
{
	struct span ok;

	(void)state;
	bench_open(&bench, "{ " BENCH_REALMS ", " BENCH_TRUNK ", \"limits\": { \"calls\": 4, \"duration\": \"1h\" } }");
	bench_call(&bench, &ok);
	bench_pass(&bench, 3599000);
	assert_int_equal(bench.e->calls->state, CALL_UP);
	bench_pass(&bench, 1000);
	assert_int_equal(bench_count(&bench, COUNT_CALL_TOO_LONG), 1);
	bench_expect(bench_last(&bench), "Reason: SIP;cause=200;text=\"Duration limit\"\r\n");
	bench_close(&bench);
}

static void no_way_to_go(void **state)
{
	(void)state;
	bench_open(&bench, BENCH_CONF);
	ask("INVITE", "t", "");
	assert_int_equal(bench_last_status(&bench), 480);
	assert_int_equal(bench_count(&bench, COUNT_REFUSE_NOT_REGISTERED), 1);
	assert_null(bench.e->calls);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_request_and_its_answer),
		cmocka_unit_test(limits),
		cmocka_unit_test(calls_end_at_their_longest),
		cmocka_unit_test(no_way_to_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/trunk/trunkregs.h"

#include "sbc/api/metrics.h"
#include "sbc/api/report.h"
#include "tests/unit/sbc/bench.h"

#define TRUNK(rest)                                                                                                    \
	"{ " BENCH_REALMS ", \"trunks\": { \"carrier\": { \"realm\": \"internet\","                                    \
	" \"peers\": [\"203.0.113.99\", \"203.0.113.98\"], \"probe\": \"0s\"" rest " } }, " BENCH_LIMITS " }"
#define CONF                                                                                                           \
	TRUNK(", \"register\": { \"user\": \"acct\", \"password\": \"env:X\", \"domain\": \"carrier.example\","        \
	      " \"expires\": \"600s\" }")
#define CONTACT "Contact: <sip:acct@198.51.100.5:5060>;expires=600\n"

static struct bench bench;

static enum trunkreg_state state_now(void)
{
	struct trunkreg_report r;

	assert_true(trunkregs_report(bench.e->registrations, 0, &r));
	return r.state;
}

/* Our first REGISTER is out. */
static void open_asked(const char *conf)
{
	bench_open(&bench, conf);
	while (bench.nsent == 0)
		bench_pass(&bench, 100);
	assert_int_equal(bench.nsent, 1);
}
/* When the program stops: taken back where it holds, and nothing else is sent. */
static void leaving(void **state)
{
	(void)state;
	open_asked(CONF);
	bench_answer(&bench, 0, 200, CONTACT, "");
	engine_shutdown(bench.e);
	assert_int_equal(bench.nsent, 2);
	bench_expect(bench_last(&bench), "\r\nExpires: 0\r\n");
	assert_true(engine_is_leaving(bench.e));
	bench_answer(&bench, 1, 200, "", "");
	assert_false(engine_is_leaving(bench.e));
	bench_pass(&bench, 2000000);
	assert_int_equal(bench.nsent, 2);
	bench_close(&bench);

	open_asked(CONF);
	engine_shutdown(bench.e);
	assert_int_equal(bench.nsent, 1);
	assert_false(engine_is_leaving(bench.e));
	bench_answer(&bench, 0, 200, CONTACT, "");
	assert_int_equal(state_now(), TRUNKREG_ENDED);
	bench_close(&bench);
}

/* Which trunk, and what was dialled. */
static void whom_it_is_for(void **state)
{
	static const struct {
		const char *uri, *to;
		int trunk;
		const char *dialled;
	} cases[] = {
		{ "sip:acct@198.51.100.5", "<sip:4930555@carrier.example>", 0, "sip:4930555@carrier.example" },
		{ "sip:acct@198.51.100.5", "<sip:acct@carrier.example>", 0, "sip:acct@carrier.example" },
		{ "sip:acct@198.51.100.5", "<sip:carrier.example>", 0, "sip:acct@198.51.100.5" },
		{ "sip:4930555@198.51.100.5", "<sip:acct@carrier.example>", 0, "sip:4930555@198.51.100.5" },
		{ "sip:acct@198.51.100.5", "<sip:4930555@carrier.example>", -1, "sip:acct@198.51.100.5" },
	};
	(void)state;

	bench_open(&bench, CONF);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sip_msg m = bench_msg(
			bench_text(&bench, "INVITE %s SIP/2.0\nTo: %s\nCSeq: 1 INVITE\n\n", cases[i].uri, cases[i].to));
		struct span got = trunkregs_dialled(bench.e, &m, cases[i].trunk);
		struct flow from = bench_carrier(&bench);

		if (!span_eq(got, span_str(cases[i].dialled)))
			fail_msg("case %zu: %.*s", i, SPAN_ARG(got));
		assert_int_equal(trunkregs_trunk(bench.e, &m, &from, cases[i].trunk), cases[i].trunk);
	}
	bench_close(&bench);
}

static void as_reported(void **state)
{
	char text[65536];
	struct writer w = writer_over(text, sizeof(text));
	json_t *j, *r;
	(void)state;

	open_asked(CONF);
	bench_answer(&bench, 0, 200, CONTACT, "");
	bench_pass(&bench, 5000);
	j = report_trunks(bench.e);
	r = json_object_get(json_array_get(json_object_get(j, "trunks"), 0), "registration");
	assert_string_equal(json_string_value(json_object_get(r, "state")), "registered");
	assert_string_equal(json_string_value(json_object_get(r, "address")), "203.0.113.99:5060");
	assert_int_equal(json_integer_value(json_object_get(r, "expires_s")), 595);
	assert_int_equal(json_integer_value(json_object_get(r, "since_s")), 5);
	assert_int_equal(json_integer_value(json_object_get(r, "status")), 200);
	assert_in_range(json_integer_value(json_object_get(r, "next_s")), 475, 536);
	json_decref(j);
	metrics_write(bench.e, &w);
	bench_expect(writer_done(&w), "\nsbc_trunk_registered{trunk=\"carrier\"} 1\n");
	bench_close(&bench);

	bench_open(&bench, TRUNK(""));
	j = report_trunks(bench.e);
	assert_true(json_is_null(json_object_get(json_array_get(json_object_get(j, "trunks"), 0), "registration")));
	json_decref(j);
	w = writer_over(text, sizeof(text));
	metrics_write(bench.e, &w);
	bench_expect_no(writer_done(&w), "sbc_trunk_registered");
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaving),
		cmocka_unit_test(whom_it_is_for),
		cmocka_unit_test(as_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/transfer/refer.h"

#include "tests/unit/sbc/bench.h"

static struct bench bench;

static const char *conf_of(const char *mode)
{
	static char text[1024];

	snprintf(text, sizeof(text),
		 "{ " BENCH_REALMS ", \"trunks\": { \"carrier\": { \"realm\": \"internet\","
		 " \"peers\": [\"203.0.113.99\"], \"probe\": \"0s\", \"refer\": \"%s\" } }, " BENCH_LIMITS " }",
		 mode);
	return text;
}

/* What a REFER in a call comes to here; 0: it goes on to the other side. */
static void verdicts(void **state)
{
	static const struct {
		const char *mode, *refer_to;
		unsigned expected;
	} cases[] = {
		{ "block", "Refer-To: <sip:bob@example.com>\n", 603 },
		{ "block", "", 603 },
		{ "pass", "Refer-To: <sip:bob@example.com>\n", 0 },
		{ "pass", "Refer-To: <tel:+4930123456>\n", 0 },
		{ "pass", "", 400 },
		{ "pass", "Refer-To: <sip:bob@example.com\n", 400 },
		{ "pass", "Refer-To: <http://example.com/>\n", 416 },
		{ "local", "", 400 },
		{ "local", "Refer-To: <mailto:bob@example.com>\n", 416 },
		{ "local", "Refer-To: <sip:bob@example.com;method=BYE>\n", 403 },
		{ "local", "Refer-To: <sip:nobody@198.51.100.5>\n", 404 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span ok;
		unsigned got;

		bench_open(&bench, conf_of(cases[i].mode));
		bench_call(&bench, &ok);
		bench_receive(&bench, bench_carrier(&bench),
			      bench_in_dialog(&bench, ok, "REFER", 2, cases[i].refer_to));
		got = bench_last_status(&bench);
		if (got != cases[i].expected)
			fail_msg("%s, %s: %u", cases[i].mode, cases[i].refer_to, got);
		if (!got)
			bench_expect(bench_last(&bench), "REFER sip:alice@10.0.0.20:5062 SIP/2.0\r\n");
		bench_close(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(verdicts) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

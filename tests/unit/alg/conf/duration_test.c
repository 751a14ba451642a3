/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/conf/duration.h"
#include "tests/unit/guard.h"

static void parse(void **state)
{
	static const struct {
		const char *text;
		uint64_t us;
	} cases[] = {
		{ "0", 0 },           { "0s", 0 },
		{ "1us", 1 },         { "200ms", 200000 },
		{ "30s", 30000000 },  { "5m", 300000000 },
		{ "1h", 3600000000 }, { "1d", 86400000000 },
		{ "007s", 7000000 },  { "100000000d", 8640000000000000000u },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span s = guard_span(span_str(cases[i].text));
		uint64_t us = 1;

		assert_int_equal(duration_parse(s, &us), 0);
		assert_true(us == cases[i].us);
		guard_free(s);
	}
}

static void parse_refuses(void **state)
{
	static const char *const cases[] = { "",      "30",  "s",    "-1s",        "1.5s",
					     "1 s",   " 1s", "1s ",  "1S",         "1w",
					     "1h30m", "1ss", "0x1s", "100000001d", "99999999999999999999999s" };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span s = guard_span(span_str(cases[i]));
		uint64_t us = 77;

		assert_int_equal(duration_parse(s, &us), -1);
		assert_true(us == 77);
		guard_free(s);
	}
}

static void print(void **state)
{
	static const struct {
		uint64_t us;
		const char *text;
	} cases[] = {
		{ 0, "0" },          { 1, "1us" },         { 1500, "1500us" },     { 2000, "2ms" },
		{ 90000000, "90s" }, { 3600000000, "1h" }, { 172800000000, "2d" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char buf[32];
		struct writer w = writer_over(buf, sizeof(buf));

		duration_write(&w, cases[i].us);
		assert_true(span_eq(writer_done(&w), span_str(cases[i].text)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse),
		cmocka_unit_test(parse_refuses),
		cmocka_unit_test(print),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

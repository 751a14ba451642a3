/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

static void same_without_case(void **state)
{
	static const struct {
		struct span a, b;
		bool eq, ieq;
	} cases[] = {
		{ SPAN("Via"), SPAN("Via"), true, true },
		{ SPAN("Via"), SPAN("vIA"), false, true },
		{ SPAN("Via"), SPAN("Vi"), false, false },
		{ SPAN(""), SPAN(""), true, true },
		{ SPAN(""), { 0 }, true, true },
		{ SPAN("@"), SPAN("`"), false, false }, /* 0x40, 0x60: not letters */
		{ SPAN("["), SPAN("{"), false, false },
		{ SPAN("\xc4"), SPAN("\xe4"), false, false }, /* ASCII only */
		{ SPAN("a\0b"), SPAN("A\0B"), false, true },
		{ SPAN("a\0b"), SPAN("a\0c"), false, false },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span a = guard_span(cases[i].a), b = guard_span(cases[i].b);

		if (span_eq(a, b) != cases[i].eq || span_ieq(a, b) != cases[i].ieq)
			fail_msg("case %zu", i);
		guard_free(a);
		guard_free(b);
	}
}

static void slices_are_clamped(void **state)
{
	static const struct {
		uint32_t from, to;
		const char *expected;
	} cases[] = {
		{ 0, 5, "hello" }, { 1, 3, "el" },         { 0, 99, "hello" }, { 5, 99, "" },
		{ 6, 99, "" },     { 3, 1, "" },           { 2, 2, "" },       { UINT32_MAX, UINT32_MAX, "" },
		{ 0, 0, "" },      { 4, UINT32_MAX, "o" },
	};
	struct span s = SPAN("hello");
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span got = span_slice(s, cases[i].from, cases[i].to);

		if (!span_eq(got, span_str(cases[i].expected)) || !span_within(got, s))
			fail_msg("case %zu: %.*s", i, SPAN_ARG(got));
	}
	assert_true(span_eq(span_from(s, 2), SPAN("llo")));
	assert_true(span_is_set(span_from(s, 5)));
	assert_false(span_is_set(span_slice((struct span){ 0 }, 0, 3)));
	assert_int_equal(span_from((struct span){ 0 }, 1).n, 0);
}

static void trims_blanks(void **state)
{
	static const struct {
		struct span in, expected;
	} cases[] = {
		{ SPAN("a"), SPAN("a") },    { SPAN(" \t\r\na b\r\n "), SPAN("a b") },
		{ SPAN("  "), SPAN("") },    { SPAN(""), SPAN("") },
		{ SPAN("\0 "), SPAN("\0") }, { SPAN("\va"), SPAN("\va") },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(cases[i].in);

		if (!span_eq(span_trim(in), cases[i].expected))
			fail_msg("case %zu", i);
		guard_free(in);
	}
}

static void finds(void **state)
{
	static const struct {
		struct span in, what;
		uint32_t at;
	} cases[] = {
		{ SPAN("abc"), SPAN("c"), 2 },
		{ SPAN("abc"), SPAN("x"), 3 },
		{ SPAN("abcabc"), SPAN("ca"), 2 },
		{ SPAN("abc"), SPAN("bcd"), 3 },
		{ SPAN(""), SPAN("a"), 0 },
		{ SPAN("abc"), SPAN(""), 3 },
		{ SPAN("a\r\n\r\nb"), SPAN("\r\n\r\n"), 1 },
		{ { 0 }, SPAN("a"), 0 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(cases[i].in);

		if (span_search(in, cases[i].what) != cases[i].at)
			fail_msg("case %zu", i);
		if (cases[i].what.n == 1)
			assert_int_equal(span_find(in, cases[i].what.p[0]), cases[i].at);
		guard_free(in);
	}
}

static void starts(void **state)
{
	static const struct {
		struct span in, prefix;
		bool starts, istarts;
	} cases[] = {
		{ SPAN("SIP/2.0"), SPAN("SIP/"), true, true }, { SPAN("sip/2.0"), SPAN("SIP/"), false, true },
		{ SPAN("SI"), SPAN("SIP/"), false, false },    { SPAN("SIP/"), SPAN("SIP/"), true, true },
		{ SPAN("x"), SPAN(""), true, true },           { { 0 }, SPAN(""), true, true },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(cases[i].in);

		if (span_starts(in, cases[i].prefix) != cases[i].starts ||
		    span_istarts(in, cases[i].prefix) != cases[i].istarts)
			fail_msg("case %zu", i);
		guard_free(in);
	}
}

static void numbers(void **state)
{
	static const struct {
		struct span in;
		int rc32, rc64;
		uint64_t value;
	} cases[] = {
		{ SPAN("0"), 0, 0, 0 },
		{ SPAN("0007"), 0, 0, 7 },
		{ SPAN("4294967295"), 0, 0, UINT32_MAX },
		{ SPAN("4294967296"), -1, 0, 4294967296 },
		{ SPAN("18446744073709551615"), -1, 0, UINT64_MAX },
		{ SPAN("18446744073709551616"), -1, -1, 0 },
		{ SPAN("99999999999999999999999"), -1, -1, 0 },
		{ SPAN(""), -1, -1, 0 },
		{ SPAN("-1"), -1, -1, 0 },
		{ SPAN("+1"), -1, -1, 0 },
		{ SPAN(" 1"), -1, -1, 0 },
		{ SPAN("1 "), -1, -1, 0 },
		{ SPAN("1\0"), -1, -1, 0 },
		{ SPAN("\xb1"), -1, -1, 0 },
		{ { 0 }, -1, -1, 0 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(cases[i].in);
		uint32_t v32 = 77;
		uint64_t v64 = 77;

		if (span_u32(in, &v32) != cases[i].rc32 || v32 != (cases[i].rc32 ? 77 : cases[i].value))
			fail_msg("case %zu, 32 bits", i);
		if (span_u64(in, &v64) != cases[i].rc64 || v64 != (cases[i].rc64 ? 77 : cases[i].value))
			fail_msg("case %zu, 64 bits", i);
		guard_free(in);
	}
}

static void absent_is_not_empty(void **state)
{
	(void)state;
	assert_false(span_is_set(span_str(NULL)));
	assert_true(span_is_set(span_str("")));
	assert_int_equal(span_str("ab").n, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_without_case),
		cmocka_unit_test(slices_are_clamped),
		cmocka_unit_test(trims_blanks),
		cmocka_unit_test(finds),
		cmocka_unit_test(starts),
		cmocka_unit_test(numbers),
		cmocka_unit_test(absent_is_not_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* What is UTF-8, and what becomes of the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/base/utf8.h"
#include "tests/unit/guard.h"

static void lengths(void **state)
{
	static const struct {
		const char *text;
		uint32_t expected;
	} cases[] = {
		{ "a", 1 },
		{ "\xc3\xa9", 2 },
		{ "\xe2\x82\xac", 3 },
		{ "\xf0\x9f\x93\x9e", 4 },
		{ "\xf4\x8f\xbf\xbf", 4 },
		{ "\xe9", 0 },             /* Latin-1 */
		{ "\xe9t", 0 },            /* the same in a word */
		{ "\x80", 0 },             /* follows nothing */
		{ "\xc0\x80", 0 },         /* NUL in disguise */
		{ "\xc1\xbf", 0 },         /* longer than needed */
		{ "\xe0\x9f\xbf", 0 },     /* the same */
		{ "\xf0\x8f\xbf\xbf", 0 }, /* the same */
		{ "\xed\xa0\x80", 0 },     /* half of a pair */
		{ "\xf4\x90\x80\x80", 0 }, /* beyond U+10FFFF */
		{ "\xf8\x88\x80\x80", 0 },
		{ "\xe2\x82", 0 }, /* cut */
		{ "\xf0\x9f\x93", 0 },
		{ "\xe2\x28\xa1", 0 },
		{ "\xe2\x82\x28", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span s = guard_span(span_str(cases[i].text));

		if (utf8_length(s) != cases[i].expected)
			fail_msg("case %zu: %u", i, utf8_length(s));
		guard_free(s);
	}
}

static void mending(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "", "" },
		{ "plain text that is longer than one block of text is",
		  "plain text that is longer than one block of text is" },
		{ "caf\xe9", "caf?" },
		{ "caf\xc3\xa9", "caf\xc3\xa9" },
		{ "\xff\xfe\xc3", "???" },
		{ "thirty-one bytes before this: ..\xe2\x82\xac over the edge of it",
		  "thirty-one bytes before this: ..\xe2\x82\xac over the edge of it" },
		{ "thirty-one bytes before it: 123\xe2\x82\xac over the edge of the block here",
		  "thirty-one bytes before it: 123\xe2\x82\xac over the edge of the block here" },
		{ "thirty-one bytes before it: 123\xe2\x82 cut at the edge of the block here",
		  "thirty-one bytes before it: 123?? cut at the edge of the block here" },
		{ "\xe2\x82\xe2\x82\xac", "??\xe2\x82\xac" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span s = guard_span(span_str(cases[i].in));

		utf8_mend((char *)(uintptr_t)s.p, s.n);
		if (!span_eq(s, span_str(cases[i].out)))
			fail_msg("case %zu: %.*s", i, SPAN_ARG(s));
		guard_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths),
		cmocka_unit_test(mending),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

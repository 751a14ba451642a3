/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/route/rewrite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

static void what_a_number_becomes(void **state)
{
	static const struct {
		struct conf_rewrite rule[2];
		const char *user, *expected; /* "-": none fits */
	} cases[] = {
		{ { { "^00", "+" } }, "0049301", "+49301" },
		{ { { "^00", "+" } }, "049301", "-" },
		{ { { "^0([1-9].*)$", "+49\\1" } }, "0301", "+49301" },
		{ { { "^00", "+" }, { "^0", "+49" } }, "0301", "+49301" },
		{ { { "^00", "+" }, { "^0", "+49" } }, "00301", "+301" },
		{ { { "(..)(..)$", "\\2\\1" } }, "12345", "14523" },
		{ { { "^.*$", "100" } }, "alice", "100" },
		{ { { "3", "<\\0>" } }, "12345", "12<3>45" },
		{ { { "^(a)?b", "\\1\\1c" } }, "b1", "c1" },
		{ { { "^a", "\\\\1" } }, "ab", "\\1b" },
		{ { { "^12$", "" } }, "12", "" },
		{ { { "^$", "anonymous" } }, "", "anonymous" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span user = guard_span(span_of(cases[i].user, strlen(cases[i].user)));
		struct rewrites r;
		char text[64], got[80] = "-";
		struct writer w = writer_over(text, sizeof(text));

		assert_int_equal(rewrites_init(&r, cases[i].rule, cases[i].rule[1].match ? 2 : 1), 0);
		if (rewrites_apply(&r, user, &w))
			snprintf(got, sizeof(got), "%.*s", SPAN_ARG(writer_done(&w)));
		else
			assert_int_equal(w.n, 0);
		if (strcmp(got, cases[i].expected) != 0)
			fail_msg("%s: %s", cases[i].user, got);
		rewrites_free(&r);
		guard_free(user);
	}
}

static void what_can_not_be_asked(void **state)
{
	static const struct conf_rewrite all = { ".*", "x" };
	char longer[REWRITE_USER_MAX];
	struct rewrites r, none;
	char text[64];
	struct writer w = writer_over(text, sizeof(text));

	(void)state;
	memset(longer, '1', sizeof(longer));
	assert_int_equal(rewrites_init(&r, &all, 1), 0);
	assert_int_equal(rewrites_init(&none, NULL, 0), 0);
	assert_false(rewrites_apply(&r, span_of(longer, sizeof(longer)), &w));
	assert_true(rewrites_apply(&r, span_of(longer, sizeof(longer) - 1), &w));
	assert_false(rewrites_apply(&r, span_of("1\0002", 3), &w));
	assert_false(rewrites_apply(&none, SPAN("1"), &w));
	rewrites_free(&r);
	rewrites_free(&none);
}

static void what_stands_in_a_uri(void **state)
{
	static const struct {
		const char *plain, *expected;
	} cases[] = {
		{ "+49.30-(1)", "+49.30-(1)" }, { "a b", "a%20b" },   { "a@b", "a%40b" },
		{ "100%", "100%25" },           { "<x>", "%3Cx%3E" }, { "\xc3\xa4", "%C3%A4" },
		{ "a\r\nb", "a%0D%0Ab" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[64];
		struct writer w = writer_over(text, sizeof(text));

		rewrite_user_write(&w, span_str(cases[i].plain));
		writer_byte(&w, '\0');
		assert_string_equal(text, cases[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_number_becomes),
		cmocka_unit_test(what_can_not_be_asked),
		cmocka_unit_test(what_stands_in_a_uri),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

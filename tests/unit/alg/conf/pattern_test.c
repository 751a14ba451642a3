/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "alg/conf/pattern.h"

static void check(void **state)
{
	static const struct {
		const char *pattern;
		const char *why; /* NULL: usable */
	} cases[] = {
		{ "^\\+?[1-9][0-9]{6,14}$", NULL },
		{ "", NULL },
		{ "^0[0-9]{2,4}[0-9]{3,8}[0-9]{2,4}$", NULL },
		{ "[{999999}]\\{99999", NULL },
		{ "[^]{999999}]", NULL },
		{ "(a{10}){100}", NULL },
		{ "[\\d]{3}", NULL },
		{ "^\\\\d", NULL },
		{ "^\\d+$", "\\\\d and \\\\D are unknown here: write [0-9], [^0-9]" },
		{ "^[0-9]\\D", "\\\\d and \\\\D are unknown here: write [0-9], [^0-9]" },
		{ "(a{100}){100}", "too many repetitions in {} or too many nested ()" },
		{ "((a{10}){20}b*){30}", "too many repetitions in {} or too many nested ()" },
		{ "a{99999999999999999999}", "Regular expression too big" },
		{ "aa*{9999}", "too many repetitions in {} or too many nested ()" },
		{ "((((((((((((((((a))))))))))))))))", NULL },
		{ "(((((((((((((((((a)))))))))))))))))", "too many repetitions in {} or too many nested ()" },
		{ "(", "Unmatched ( or \\(" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char why[64] = "";

		assert_int_equal(pattern_check(cases[i].pattern, why, sizeof(why)), cases[i].why ? -1 : 0);
		assert_string_equal(why, cases[i].why ? cases[i].why : "");
	}
}

static void length(void **state)
{
	char pattern[PATTERN_MAX + 2], why[64];

	(void)state;
	memset(pattern, 'a', sizeof(pattern));
	pattern[PATTERN_MAX] = '\0';
	assert_int_equal(pattern_check(pattern, why, sizeof(why)), 0);
	pattern[PATTERN_MAX] = 'a';
	pattern[PATTERN_MAX + 1] = '\0';
	assert_int_equal(pattern_check(pattern, why, sizeof(why)), -1);
	assert_string_equal(why, "longer than 256 bytes");
}

static void groups(void **state)
{
	static const struct {
		const char *pattern;
		unsigned n;
	} cases[] = { { "^1", 0 }, { "^(1)", 1 }, { "((a)b)(c)", 3 }, { "\\(1\\)", 0 }, { "[(]", 0 }, { "(", 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(pattern_groups(cases[i].pattern), cases[i].n);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(check), cmocka_unit_test(length),
					    cmocka_unit_test(groups) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

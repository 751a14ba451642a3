/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <string.h>

#include "sbc/base/count.h"

/* A name is a metric's label, a word of the log and what tests expect: lower case, hyphens, each only once. */
static void every_counter_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (unsigned i = 0; i < COUNT_N; i++) {
		const char *name = count_name(i);

		assert_non_null(name);
		assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz-0123456789"), strlen(name));
		assert_in_range(strlen(name), 3, 40);
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(name, count_name(k));
	}
}

static void names_are_those_of_their_constants(void **state)
{
	static const struct {
		enum count count;
		const char *name;
	} cases[] = {
		{ COUNT_RX_REQUEST, "rx-request" },
		{ COUNT_REFUSE_LOOP, "loop" },
		{ COUNT_CALL_HUNGUP, "hung-up" },
		{ COUNT_SEND_FAILED, "send-failed" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(count_name(cases[i].count), cases[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_counter_has_a_name_of_its_own),
		cmocka_unit_test(names_are_those_of_their_constants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

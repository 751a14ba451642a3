/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/ng_gather.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

static void each_is_taken_in_its_order(void **state)
{
	static const struct {
		struct span text;
		const char *taken; /* each, a "|" behind it */
		uint32_t left;
	} cases[] = {
		{ SPAN(""), "", 0 },
		{ SPAN("#00002:de"), "de|", 0 },
		{ SPAN("#00004:1 de#00005:22 de"), "1 de|22 de|", 0 },
		{ SPAN("#00000:#00001:a"), "|a|", 0 },
		{ SPAN("#00002:de#"), "de|", 1 },
		{ SPAN("#00002:de#00003"), "de|", 6 },
		{ SPAN("#00002:de#00003:"), "de|", 7 },
		{ SPAN("#00002:de#00003:de"), "de|", 9 },
		{ SPAN("#00002:de1 de"), "de|", 4 },
		{ SPAN("#00002;de"), "", 9 },
		{ SPAN("#0000x:de"), "", 9 },
		{ SPAN("#+0002:de"), "", 9 },
		{ SPAN("#99999:de"), "", 9 },
		{ SPAN("1 d7:command4:pinge"), "", 19 },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct span text = guard_span(cases[i].text);
		struct span left = text, one;
		char taken[64] = "";
		int n = 0;

		while (ng_gather_next(&left, &one))
			n += snprintf(taken + n, sizeof(taken) - (size_t)n, "%.*s|", SPAN_ARG(one));
		assert_string_equal(taken, cases[i].taken);
		assert_int_equal(left.n, cases[i].left);
		guard_free(text);
	}
}

static void heads_are_read_again(void **state)
{
	static const uint32_t sizes[] = { 0, 1, 9, 10, 42, 999, 16384, 65507, 99999 };
	char *text = malloc(NG_GATHER_HEAD + 99999);

	(void)state;
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct span left = span_of(text, NG_GATHER_HEAD + sizes[i]), one;

		ng_gather_head(text, sizes[i]);
		assert_true(ng_gather_is(left));
		assert_true(ng_gather_next(&left, &one));
		assert_int_equal(one.n, sizes[i]);
		assert_int_equal(left.n, 0);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_taken_in_its_order),
		cmocka_unit_test(heads_are_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

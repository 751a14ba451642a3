/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/numbers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

static const struct numbers_case {
	struct span formats;
	uint64_t low, high;
} cases[] = {
	{ SPAN("0 8 101"), 0x101, UINT64_C(1) << 37 },
	{ SPAN("127"), 0, UINT64_C(1) << 63 },
	{ SPAN("63 64"), UINT64_C(1) << 63, 1 },
	{ SPAN("128 0"), 1, 0 },
	{ SPAN("  0   3 "), 9, 0 },
	{ SPAN("t38 0x 1"), 2, 0 },
	{ SPAN("18446744073709551616 2"), 4, 0 },
	{ SPAN("*"), 0, 0 },
	{ SPAN(""), 0, 0 },
};

static void formats_give_their_numbers(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span text = guard_span(cases[i].formats);
		const struct sdp_numbers n = numbers_of(text);

		if (n.bit[0] != cases[i].low || n.bit[1] != cases[i].high)
			fail_msg("%s", cases[i].formats.p);
		assert_int_equal(numbers_are_none(&n), !cases[i].low && !cases[i].high);
		guard_free(text);
	}
}

static void sets_know_what_they_have(void **state)
{
	struct sdp_numbers n = numbers_of(SPAN("8")), more = numbers_of(SPAN("101"));
	(void)state;

	assert_true(numbers_have(&n, 8));
	assert_false(numbers_have(&n, 101));
	numbers_add(&n, &more);
	assert_true(numbers_have(&n, 8) && numbers_have(&n, 101));
	assert_false(numbers_have(&n, 37) || numbers_have(&n, 72) || numbers_have(&n, 136));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_give_their_numbers),
		cmocka_unit_test(sets_know_what_they_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

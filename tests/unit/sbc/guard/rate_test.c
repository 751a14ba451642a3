/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/guard/rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Asked every `step` ms for 10 s, how many are let through? */
static unsigned let_through(uint32_t per_s, unsigned step, unsigned *at_first)
{
	struct rate p = { 0 };
	unsigned n = 0;

	while (rate_allows(&p, per_s, 5000) && n < 10000) {
		rate_take(&p, per_s, 5000);
		n++;
	}
	*at_first = n;
	n = 0;
	for (uint64_t now = 5000; now < 15000; now += step) {
		if (!rate_allows(&p, per_s, now))
			continue;
		rate_take(&p, per_s, now);
		n++;
	}
	return n;
}

static void so_many_a_second(void **state)
{
	static const struct {
		uint32_t per_s;
		unsigned step, at_first, later; /* those of one second at once, then so many each second */
	} cases[] = {
		{ 1, 10, 1, 9 }, { 2, 10, 2, 19 }, { 10, 1, 10, 99 }, { 100, 1, 100, 999 }, { 1000, 1, 1000, 9999 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		unsigned at_first, later = let_through(cases[i].per_s, cases[i].step, &at_first);

		assert_int_equal(at_first, cases[i].at_first);
		assert_int_equal(later, cases[i].later);
	}
}

static void no_limit(void **state)
{
	unsigned at_first;

	(void)state;
	assert_int_equal(let_through(0, 1, &at_first), 10000);
	assert_int_equal(at_first, 10000);
}

static void idle_again(void **state)
{
	struct rate p = { 0 };

	(void)state;
	assert_true(rate_is_idle(&p, 0));
	rate_take(&p, 2, 1000);
	assert_false(rate_is_idle(&p, 1499));
	assert_true(rate_is_idle(&p, 1500));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(so_many_a_second),
		cmocka_unit_test(no_limit),
		cmocka_unit_test(idle_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

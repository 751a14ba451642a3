/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/guard/meters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void is_forgotten_with_time(void **state)
{
	static const struct {
		unsigned after_s, left;
	} cases[] = { { 0, 600 }, { 1, 599 }, { 60, 500 }, { 360, 0 }, { 1000000, 0 } };
	struct meters m;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(meters_init(&m, 64), 0);
		assert_false(meter_add(meters_get(&m, 5, 1000), 600));
		assert_int_equal(meters_get(&m, 5, 1000 + 1000 * (uint64_t)cases[i].after_s)->points, cases[i].left);
		meters_fini(&m);
	}
}

static void too_much_begins_anew(void **state)
{
	struct meter m = { 0 };

	(void)state;
	assert_false(meter_add(&m, METERS_FULL - 1));
	assert_true(meter_add(&m, 1));
	assert_int_equal(m.points, 0);
}

/* So many sources more than there is room for: who did wrong is remembered all the same. */
static void a_flood_washes_nothing_away(void **state)
{
	struct meters m;

	(void)state;
	assert_int_equal(meters_init(&m, 64), 0);
	meter_add(meters_get(&m, 3, 1000), 900);
	for (uint64_t i = 4; i < 100000; i++)
		meters_get(&m, i * 0x9e3779b97f4a7c15, 2000);
	assert_non_null(meters_find(&m, 3));
	assert_int_equal(meters_find(&m, 3)->points, 900);
	meters_fini(&m);
}

/* Of four that share a place, the one that was quiet for longest goes. */
static void the_quietest_gives_way(void **state)
{
	struct meters m;

	(void)state;
	assert_int_equal(meters_init(&m, METERS_WAYS), 0);
	for (uint64_t i = 1; i <= METERS_WAYS; i++)
		meters_get(&m, i, 1000 * i);
	meters_get(&m, 1, 10000);
	meters_get(&m, 9, 11000);
	assert_non_null(meters_find(&m, 1));
	assert_null(meters_find(&m, 2));
	meters_fini(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_forgotten_with_time),
		cmocka_unit_test(too_much_begins_anew),
		cmocka_unit_test(a_flood_washes_nothing_away),
		cmocka_unit_test(the_quietest_gives_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/rtp/payload_map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void numbers_are_turned_and_others_stay(void **state)
{
	struct payload_map m = { 0 };

	(void)state;
	assert_false(payload_map_is_set(&m));
	assert_int_equal(payload_map_add(&m, 101, 96), 0);
	assert_true(payload_map_is_set(&m));
	assert_int_equal(payload_map_number(&m, 101), 96);
	assert_int_equal(payload_map_number(&m, 96), 96);
	assert_int_equal(payload_map_number(&m, 0), 0);
}

static void two_numbers_change_places(void **state)
{
	struct payload_map m = { 0 };

	(void)state;
	assert_int_equal(payload_map_add(&m, 96, 97), 0);
	assert_int_equal(payload_map_add(&m, 97, 96), 0);
	assert_int_equal(payload_map_number(&m, 96), 97);
	assert_int_equal(payload_map_number(&m, 97), 96);
}

static void the_first_and_the_last_number(void **state)
{
	struct payload_map m = { 0 };

	(void)state;
	assert_int_equal(payload_map_number(&m, 0), 0);
	assert_int_equal(payload_map_number(&m, 127), 127);
	assert_int_equal(payload_map_add(&m, 0, 127), 0);
	assert_int_equal(payload_map_add(&m, 127, 0), 0);
	assert_int_equal(payload_map_number(&m, 0), 127);
	assert_int_equal(payload_map_number(&m, 127), 0);
}

static void the_first_pair_of_a_number_holds(void **state)
{
	struct payload_map m = { 0 };

	(void)state;
	assert_int_equal(payload_map_add(&m, 101, 96), 0);
	assert_int_equal(payload_map_add(&m, 101, 97), 0);
	assert_int_equal(payload_map_number(&m, 101), 96);
	assert_int_equal(m.from[1], 0);
}

static void it_gets_full(void **state)
{
	struct payload_map m = { 0 };

	(void)state;
	for (uint8_t i = 0; i < PAYLOAD_MAP_MAX; i++)
		assert_int_equal(payload_map_add(&m, (uint8_t)(100 + i), (uint8_t)(110 + i)), 0);
	assert_int_equal(payload_map_add(&m, 99, 96), -1);
	assert_int_equal(payload_map_number(&m, 99), 99);
	assert_int_equal(payload_map_number(&m, 100 + PAYLOAD_MAP_MAX - 1), 110 + PAYLOAD_MAP_MAX - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_turned_and_others_stay),
		cmocka_unit_test(two_numbers_change_places),
		cmocka_unit_test(the_first_and_the_last_number),
		cmocka_unit_test(the_first_pair_of_a_number_holds),
		cmocka_unit_test(it_gets_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/guard/rates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const struct hash_key key = { 1, 2 };

static struct span name_of(unsigned i, char text[16])
{
	return span_of(text, (size_t)snprintf(text, 16, "user%u", i));
}

static void each_name_has_its_own(void **state)
{
	struct rates p;

	(void)state;
	assert_int_equal(rates_init(&p, 8, &key), 0);
	rates_take(&p, SPAN("alice"), 1, 1000);
	assert_false(rates_allow(&p, SPAN("alice"), 1, 1000));
	assert_true(rates_allow(&p, SPAN("bob"), 1, 1000));
	assert_true(rates_allow(&p, SPAN("alice"), 0, 1000));
	assert_true(rates_allow(&p, SPAN("alice"), 1, 2000));
	rates_fini(&p);
}

/* Nobody is kept who did not come within the last second, however many there are. */
static void idle_names_are_forgotten(void **state)
{
	struct rates p;
	char text[16];

	(void)state;
	assert_int_equal(rates_init(&p, 64, &key), 0);
	for (unsigned i = 0; i < 1000; i++) {
		rates_take(&p, name_of(i, text), 1, 1000 + 100 * i);
		assert_in_range(rates_count(&p), 1, 24);
		assert_false(rates_allow(&p, name_of(i, text), 1, 1000 + 100 * i));
	}
	rates_fini(&p);
}

/* Who finds no room is not held back. */
static void no_room(void **state)
{
	struct rates p;
	char text[16];

	(void)state;
	assert_int_equal(rates_init(&p, 4, &key), 0);
	for (unsigned i = 0; i < 20; i++)
		rates_take(&p, name_of(i, text), 1, 1000);
	assert_in_range(rates_count(&p), 1, 19);
	assert_false(rates_allow(&p, name_of(0, text), 1, 1000));
	assert_true(rates_allow(&p, name_of(19, text), 1, 1000));
	rates_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_name_has_its_own),
		cmocka_unit_test(idle_names_are_forgotten),
		cmocka_unit_test(no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

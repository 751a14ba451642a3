/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "sbc/guard/tally.h"

static const struct hash_key key = { 1, 2 };

static void counts_by_name(void **state)
{
	struct tally t;

	(void)state;
	assert_int_equal(tally_init(&t, 4, &key), 0);
	assert_int_equal(tally_of(&t, SPAN("alice")), 0);
	tally_drop(&t, SPAN("alice"));
	assert_int_equal(tally_add(&t, SPAN("alice")), 0);
	assert_int_equal(tally_add(&t, SPAN("bob")), 0);
	assert_int_equal(tally_add(&t, SPAN("alice")), 0);
	assert_int_equal(tally_of(&t, SPAN("alice")), 2);
	assert_int_equal(tally_of(&t, SPAN("bob")), 1);
	tally_drop(&t, SPAN("alice"));
	tally_drop(&t, SPAN("bob"));
	assert_int_equal(tally_of(&t, SPAN("alice")), 1);
	assert_int_equal(tally_of(&t, SPAN("bob")), 0);
	assert_int_equal(t.names.count, 1);
	tally_fini(&t);
}

static void no_more_names_than_room(void **state)
{
	struct tally t;

	(void)state;
	assert_int_equal(tally_init(&t, 2, &key), 0);
	assert_int_equal(tally_add(&t, SPAN("a")), 0);
	assert_int_equal(tally_add(&t, SPAN("b")), 0);
	assert_int_equal(tally_add(&t, SPAN("c")), -1);
	assert_int_equal(tally_add(&t, SPAN("b")), 0);
	assert_int_equal(tally_of(&t, SPAN("c")), 0);
	tally_fini(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_by_name),
		cmocka_unit_test(no_more_names_than_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

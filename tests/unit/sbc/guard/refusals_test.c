/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/guard/refusals.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { NOW = 10000000, HOST = 4711 };

static struct refusals r;

static int begin(void **state)
{
	(void)state;
	return refusals_init(&r);
}

static int end(void **state)
{
	(void)state;
	refusals_fini(&r);
	return 0;
}

static void each_reason_by_itself(void **state)
{
	const struct refusal_count *c;

	(void)state;
	assert_null(refusals_find(&r, HOST, REFUSAL_SOURCE, NOW));
	refusals_note(&r, HOST, REFUSAL_SOURCE, 50, NOW);
	refusals_note(&r, HOST, REFUSAL_SOURCE, 60, NOW + 3000);
	refusals_note(&r, HOST, REFUSAL_SCANNER, 0, NOW + 4000);
	c = refusals_find(&r, HOST, REFUSAL_SOURCE, NOW + 5000);
	assert_non_null(c);
	assert_int_equal(c->count, 2);
	assert_int_equal(c->since, NOW);
	assert_int_equal(c->last, NOW + 3000);
	assert_int_equal(c->limit, 60);
	assert_int_equal(refusals_find(&r, HOST, REFUSAL_SCANNER, NOW + 5000)->count, 1);
	assert_null(refusals_find(&r, HOST, REFUSAL_BUSY, NOW + 5000));
	assert_null(refusals_find(&r, HOST + 1, REFUSAL_SOURCE, NOW + 5000));
}

static void what_is_long_ago(void **state)
{
	(void)state;
	refusals_note(&r, HOST, REFUSAL_SOURCE, 50, NOW);
	assert_non_null(refusals_find(&r, HOST, REFUSAL_SOURCE, NOW + REFUSALS_MEMORY_MS));
	assert_null(refusals_find(&r, HOST, REFUSAL_SOURCE, NOW + REFUSALS_MEMORY_MS + 1));
	refusals_note(&r, HOST, REFUSAL_SOURCE, 50, NOW + REFUSALS_BREAK_MS + 1); /* it begins anew */
	assert_int_equal(refusals_find(&r, HOST, REFUSAL_SOURCE, NOW + REFUSALS_BREAK_MS + 1)->count, 1);
}

/* The first is told to who notes it: once, until it was quiet for a while. What was nothing is not the first either. */
static void the_first(void **state)
{
	(void)state;
	assert_true(refusals_note(&r, HOST, REFUSAL_UNPROVED, 0, NOW));
	assert_false(refusals_note(&r, HOST, REFUSAL_UNPROVED, 0, NOW + 1));
	assert_true(refusals_note(&r, HOST, REFUSAL_NETWORK, 0, NOW + 1));
	refusals_forget(&r, HOST, REFUSAL_UNPROVED);
	assert_null(refusals_find(&r, HOST, REFUSAL_UNPROVED, NOW + 2));
	assert_non_null(refusals_find(&r, HOST, REFUSAL_NETWORK, NOW + 2));
	assert_false(refusals_note(&r, HOST, REFUSAL_UNPROVED, 0, NOW + 3));
	assert_non_null(refusals_find(&r, HOST, REFUSAL_UNPROVED, NOW + 4));
	assert_true(refusals_note(&r, HOST, REFUSAL_UNPROVED, 0, NOW + 3 + REFUSALS_BREAK_MS + 1));
	refusals_forget(&r, HOST + 1, REFUSAL_UNPROVED); /* whom nobody noted */
}

/* A flood of sources washes away what is longest ago, and only that. */
static void many(void **state)
{
	unsigned found = 0;

	(void)state;
	for (uint64_t i = 1; i <= 100000; i++)
		refusals_note(&r, i * UINT64_C(0xff51afd7ed558ccd), REFUSAL_STRANGERS, 300, NOW + i);
	for (uint64_t i = 1; i <= 100000; i++)
		found += refusals_find(&r, i * UINT64_C(0xff51afd7ed558ccd), REFUSAL_STRANGERS, NOW + 100000) != NULL;
	assert_in_range(found, REFUSALS_MAX / 2, REFUSALS_MAX);
	assert_non_null(refusals_find(&r, 100000 * UINT64_C(0xff51afd7ed558ccd), REFUSAL_STRANGERS, NOW + 100000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_reason_by_itself, begin, end),
		cmocka_unit_test_setup_teardown(the_first, begin, end),
		cmocka_unit_test_setup_teardown(what_is_long_ago, begin, end),
		cmocka_unit_test_setup_teardown(many, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

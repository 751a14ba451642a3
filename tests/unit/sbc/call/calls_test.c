/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/calls.h"

#include "tests/unit/sbc/bench.h"

static struct bench bench;

static void as_many_as_the_limit(void **state)
{
	struct call *c[4];

	(void)state;
	bench_open(&bench, BENCH_CONF);
	for (int i = 0; i < 4; i++) {
		c[i] = calls_new(bench.e);
		assert_non_null(c[i]);
		assert_int_equal(c[i]->created_wall, BENCH_WALL);
		assert_true(c[i]->created == BENCH_NOW);
		for (int s = SIDE_A; s <= SIDE_B; s++) {
			assert_ptr_equal(c[i]->leg[s]->call, c[i]);
			assert_int_equal(c[i]->leg[s]->side, s);
			assert_int_equal(c[i]->leg[s]->trunk, -1);
		}
	}
	assert_null(calls_new(bench.e));
	calls_free(bench.e, c[1]);
	assert_int_equal(bench.e->ncall, 3);
	assert_non_null(calls_new(bench.e));
	assert_int_equal(bench.e->calls_total, 5);
	bench_close(&bench);
}

static void found_by_the_whole_id(void **state)
{
	struct call *a, *b;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	a = calls_new(bench.e);
	b = calls_new(bench.e);
	assert_int_equal(strlen(a->id), TOKEN_ID_LEN);
	assert_string_not_equal(a->id, b->id);
	assert_ptr_equal(calls_find(bench.e, span_str(a->id)), a);
	assert_ptr_equal(calls_find(bench.e, span_str(b->id)), b);
	assert_null(calls_find(bench.e, span_slice(span_str(a->id), 0, TOKEN_ID_LEN - 1)));
	assert_null(calls_find(bench.e, SPAN("")));
	calls_free(bench.e, a);
	assert_ptr_equal(calls_find(bench.e, span_str(b->id)), b);
	bench_close(&bench);
}

static void calls_of_a_user_that_are_not_over(void **state)
{
	static const char *const users[] = { "alice", "alice", "bob", NULL };

	(void)state;
	bench_open(&bench, BENCH_CONF);
	for (int i = 0; i < 4; i++) {
		struct call *c = calls_new(bench.e);

		if (users[i])
			assert_int_equal(calls_set_user(bench.e, c, span_str(users[i])), 0);
	}
	assert_int_equal(calls_of_user(bench.e, SPAN("alice")), 2);
	assert_int_equal(calls_of_user(bench.e, SPAN("bob")), 1);
	assert_int_equal(calls_of_user(bench.e, SPAN("")), 0);
	for (struct call *c = bench.e->calls; c; c = c->next)
		calls_over(bench.e, c);
	assert_int_equal(calls_of_user(bench.e, SPAN("alice")), 0);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_many_as_the_limit),
		cmocka_unit_test(found_by_the_whole_id),
		cmocka_unit_test(calls_of_a_user_that_are_not_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

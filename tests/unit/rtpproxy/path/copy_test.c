/* SPDX-License-Identifier: BSD-3-Clause */
/* Pairs of ports in the lists of both. */
#include "rtpproxy/path/copy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { A = 1, B, C, D, PORTS };

static struct copy *hang(struct copy **lists, uint32_t from, uint32_t to)
{
	struct copy *c = copy_new(from, to, &(struct payload_map){ 0 });

	assert_non_null(c);
	copy_hang(c, &lists[from], &lists[to]);
	return c;
}

static void take(struct copy **lists, uint32_t from, uint32_t to)
{
	struct copy *c = copy_find(lists[from], from, from, to);

	assert_non_null(c);
	copy_take(c, &lists[from], &lists[to]);
	copy_free(c);
}

/* A port may be listened to and listen itself: both are in its one list. */
static void found_from_either_end(void **state)
{
	struct copy *lists[PORTS] = { 0 };
	struct copy *ab = hang(lists, A, B), *bc = hang(lists, B, C), *ba = hang(lists, B, A), *db = hang(lists, D, B);
	(void)state;

	assert_ptr_equal(copy_find(lists[A], A, A, B), ab);
	assert_ptr_equal(copy_find(lists[B], B, A, B), ab);
	assert_ptr_equal(copy_find(lists[A], A, B, A), ba);
	assert_ptr_equal(copy_find(lists[B], B, B, A), ba);
	assert_ptr_equal(copy_find(lists[C], C, B, C), bc);
	assert_ptr_equal(copy_find(lists[D], D, D, B), db);
	assert_null(copy_find(lists[C], C, C, B));
	assert_null(copy_find(lists[A], A, A, C));
	assert_int_equal(copy_count(lists[B], B, COPY_FROM), 2);
	assert_int_equal(copy_count(lists[B], B, COPY_TO), 2);
	assert_int_equal(copy_count(lists[A], A, COPY_FROM), 1);
	assert_int_equal(copy_count(lists[D], D, COPY_TO), 0);
	take(lists, B, C);
	take(lists, A, B);
	take(lists, B, A);
	take(lists, D, B);
}

static void taken_out_in_any_order(void **state)
{
	static const struct {
		uint32_t from, to;
	} pairs[] = { { A, B }, { B, A }, { A, C }, { C, A } };
	enum { N = sizeof(pairs) / sizeof(pairs[0]) };
	(void)state;

	for (unsigned first = 0; first < N; first++) {
		for (unsigned step = 1; step < N; step += 2) {
			struct copy *lists[PORTS] = { 0 };

			for (unsigned i = 0; i < N; i++)
				hang(lists, pairs[i].from, pairs[i].to);
			for (unsigned i = 0; i < N; i++) {
				const unsigned at = (first + i * step) % N;

				take(lists, pairs[at].from, pairs[at].to);
				assert_null(copy_find(lists[A], A, pairs[at].from, pairs[at].to));
				assert_int_equal(copy_count(lists[A], A, COPY_FROM) + copy_count(lists[A], A, COPY_TO),
						 N - 1 - i);
			}
			for (unsigned i = 0; i < PORTS; i++)
				assert_null(lists[i]);
		}
	}
}

static void what_is_given_is_freed(void **state)
{
	struct copy_pile pile = { 0 };
	(void)state;

	for (uint32_t i = 0; i < 3; i++)
		copy_give(&pile, copy_new(A, B, &(struct payload_map){ 0 }));
	copy_pile_free(&pile);
	assert_null(pile.top);
	copy_pile_free(&pile);
	copy_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found_from_either_end),
		cmocka_unit_test(taken_out_in_any_order),
		cmocka_unit_test(what_is_given_is_freed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

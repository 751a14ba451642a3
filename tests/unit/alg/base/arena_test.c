/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/base/arena.h"

static void pieces_are_aligned_and_apart(void **state)
{
	_Alignas(max_align_t) char mem[256];
	struct arena a = arena_over(mem, sizeof(mem));
	char *one = arena_take(&a, 1), *two = arena_take(&a, 3), *three = arena_take(&a, 16);
	(void)state;

	assert_ptr_equal(one, mem);
	assert_true(two > one && three >= two + 3);
	assert_int_equal((uintptr_t)two % _Alignof(max_align_t), 0);
	assert_int_equal((uintptr_t)three % _Alignof(max_align_t), 0);
}

static void full_gives_null_and_stays_usable(void **state)
{
	_Alignas(max_align_t) char mem[64];
	struct arena a = arena_over(mem, sizeof(mem));
	(void)state;

	assert_null(arena_take(&a, 65));
	assert_null(arena_take(&a, UINT32_MAX));
	assert_non_null(arena_take(&a, 40));
	assert_null(arena_take(&a, 17));
	assert_non_null(arena_take(&a, 16));
	assert_null(arena_take(&a, 1));
}

static void an_odd_end_is_no_room(void **state)
{
	_Alignas(max_align_t) char mem[64];
	struct arena a = arena_over(mem, 33);
	(void)state;

	assert_non_null(arena_take(&a, 33));
	assert_null(arena_take(&a, 0)); /* would begin beyond the end */
}

static void keeps_a_copy(void **state)
{
	_Alignas(max_align_t) char mem[64];
	struct arena a = arena_over(mem, sizeof(mem));
	char text[] = "abc";
	struct span kept = arena_keep(&a, span_str(text)), empty;
	(void)state;

	text[0] = 'x';
	assert_true(span_eq(kept, SPAN("abc")));
	empty = arena_keep(&a, SPAN(""));
	assert_true(span_is_set(empty));
	assert_int_equal(empty.n, 0);
	assert_false(span_is_set(arena_keep(&a, span_of(mem, 64))));
}

static void reset_takes_all_back(void **state)
{
	_Alignas(max_align_t) char mem[32];
	struct arena a = arena_over(mem, sizeof(mem));
	(void)state;

	assert_ptr_equal(arena_take(&a, 32), mem);
	assert_null(arena_take(&a, 1));
	arena_reset(&a);
	assert_ptr_equal(arena_take(&a, 32), mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_aligned_and_apart), cmocka_unit_test(full_gives_null_and_stays_usable),
		cmocka_unit_test(an_odd_end_is_no_room),        cmocka_unit_test(keeps_a_copy),
		cmocka_unit_test(reset_takes_all_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

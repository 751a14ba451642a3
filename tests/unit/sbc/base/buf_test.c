/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sbc/base/buf.h"

static char big[BUF_HELD_MAX + 1];

/* On both sides of each class there is, and of the limit. */
static void keeps_any_size_up_to_the_limit(void **state)
{
	struct buf_pool pool = { 0 };

	(void)state;
	for (uint32_t i = 0; i < sizeof(big); i++)
		big[i] = (char)(i * 7);
	for (uint32_t size = BUF_MIN; size <= BUF_HELD_MAX; size *= 2) {
		for (int d = -30; d <= 1; d++) {
			struct span s = span_of(big, (uint32_t)((int)size + d));
			struct buf *b = buf_keep(&pool, s);

			if (s.n > BUF_HELD_MAX) {
				assert_null(b);
				continue;
			}
			assert_non_null(b);
			assert_true(span_eq(buf_span(b), s));
			assert_true(pool.bytes_out >= s.n);
			buf_drop(&pool, b);
			assert_int_equal(pool.bytes_out, 0);
		}
	}
	buf_pool_fini(&pool);
}

static void a_length_beyond_reason_is_refused(void **state)
{
	struct buf_pool pool = { 0 };

	(void)state;
	assert_null(buf_keep(&pool, (struct span){ big, UINT32_MAX }));
	assert_null(buf_keep(&pool, (struct span){ big, UINT32_MAX - 16 }));
	assert_int_equal(pool.bytes_kept, 0);
}

static void what_was_dropped_is_used_again(void **state)
{
	struct buf_pool pool = { 0 };
	struct buf *a = buf_keep(&pool, SPAN("first")), *b;
	uint64_t kept = pool.bytes_kept;

	(void)state;
	buf_drop(&pool, a);
	b = buf_keep(&pool, SPAN("another"));
	assert_ptr_equal(a, b);
	assert_int_equal(pool.bytes_kept, kept);
	assert_true(span_eq(buf_span(b), SPAN("another")));
	buf_drop(&pool, b);
	buf_pool_fini(&pool);
}

static void empty_and_nothing_differ(void **state)
{
	struct buf_pool pool = { 0 };
	struct buf *b = buf_keep(&pool, (struct span){ 0 });

	(void)state;
	assert_true(span_is_set(buf_span(b)));
	assert_int_equal(buf_span(b).n, 0);
	assert_false(span_is_set(buf_span(NULL)));
	buf_drop(&pool, b);
	buf_drop(&pool, NULL);
	buf_pool_fini(&pool);
}

static void replace_takes_text_of_the_old_one(void **state)
{
	struct buf_pool pool = { 0 };
	struct buf *b = NULL;

	(void)state;
	assert_int_equal(buf_replace(&pool, &b, SPAN("sip:alice@example.com")), 0);
	assert_int_equal(buf_replace(&pool, &b, span_slice(buf_span(b), 4, 9)), 0);
	assert_true(span_eq(buf_span(b), SPAN("alice")));
	assert_int_equal(buf_replace(&pool, &b, span_of(big, sizeof(big))), -1);
	assert_null(b);
	assert_int_equal(pool.bytes_out, 0);
	buf_pool_fini(&pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_any_size_up_to_the_limit),
		cmocka_unit_test(a_length_beyond_reason_is_refused),
		cmocka_unit_test(what_was_dropped_is_used_again),
		cmocka_unit_test(empty_and_nothing_differ),
		cmocka_unit_test(replace_takes_text_of_the_old_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

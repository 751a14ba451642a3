/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/rtp/srtp_window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define ROLL(n) ((uint64_t)(n) << 16)

static void the_rollover_is_guessed(void **state)
{
	static const struct {
		uint64_t next;
		uint16_t seq;
		uint64_t index;
	} cases[] = {
		/* The first one is as it says. */
		{ 0, 0, 0 },
		{ 0, 65535, 65535 },
		{ 8, 8, 8 },
		{ 8, 5, 5 },
		/* Before the first rollover nothing is behind: a jump is a jump. */
		{ 8, 65530, 65530 },
		{ 65536, 0, ROLL(1) },
		{ 65534, 1, ROLL(1) + 1 },
		{ 65536, 40000, 40000 },
		{ 65536, 32767, 32767 },
		{ 65536, 32766, ROLL(1) + 32766 },
		/* A late one from before it. */
		{ ROLL(1) + 3, 65535, 65535 },
		{ ROLL(1) + 3, 3, ROLL(1) + 3 },
		{ ROLL(7) + 1, 65000, ROLL(6) + 65000 },
		{ ROLL(7) + 65000, 3, ROLL(8) + 3 },
		/* Half way round, and one more. */
		{ ROLL(7) + 1, 32768, ROLL(7) + 32768 },
		{ ROLL(7) + 1, 32769, ROLL(6) + 32769 },
	};
	(void)state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct srtp_window w = { .next = cases[i].next };

		if (srtp_window_index(&w, cases[i].seq) != cases[i].index)
			fail_msg("case %u: %llx", i, (unsigned long long)srtp_window_index(&w, cases[i].seq));
	}
}

static void each_is_new_once(void **state)
{
	static const uint64_t order[] = { 5, 3, 4, 70, 6, 69, 7, 200, 73, 72, 100, 1000, 999, 873, 2000, 5000, 4936 };
	static const unsigned n = sizeof(order) / sizeof(order[0]);
	struct srtp_window w = { 0 };
	(void)state;

	for (unsigned i = 0; i < n; i++) {
		const bool old = i && order[i] + SRTP_WINDOW < w.next;

		assert_int_equal(srtp_window_is_new(&w, order[i]), !old);
		if (!old)
			srtp_window_take(&w, order[i]);
		assert_false(srtp_window_is_new(&w, order[i]));
	}
}

/* Against a plain list of what has been. */
static void a_walk_of_many(void **state)
{
	enum { MANY = 4000 };
	static bool been[MANY + 64];
	struct srtp_window w = { 0 };
	uint32_t random = 1;
	(void)state;

	for (unsigned i = 0; i < MANY; i++) {
		uint64_t index;

		random = random * 1664525 + 1013904223;
		index = i / 2 + (random >> 24) % 160;
		index = index < 64 ? 0 : index - 64;
		if (w.next && index + SRTP_WINDOW < w.next) {
			assert_false(srtp_window_is_new(&w, index));
			continue;
		}
		assert_int_equal(srtp_window_is_new(&w, index), !been[index]);
		if (!been[index])
			srtp_window_take(&w, index);
		been[index] = true;
	}
}

static void there_is_a_last_number(void **state)
{
	const struct srtp_window w = { .next = SRTP_INDEX_MAX + 1 };
	(void)state;

	assert_int_equal(srtp_window_index(&w, 0), SRTP_INDEX_MAX + 1);
	assert_false(srtp_window_is_new(&w, SRTP_INDEX_MAX + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rollover_is_guessed),
		cmocka_unit_test(each_is_new_once),
		cmocka_unit_test(a_walk_of_many),
		cmocka_unit_test(there_is_a_last_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

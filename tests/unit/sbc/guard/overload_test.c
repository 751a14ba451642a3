/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sbc/guard/overload.h"

enum { START = 1000, TURN_MS = 2, MANY = 1000 };

/* Turns from now on; when the last one was. */
static uint64_t turns(struct overload *o, uint64_t now, unsigned ms, bool behind)
{
	for (uint64_t end = now + ms; now < end; now += TURN_MS)
		overload_turn(o, now, behind, false);
	return now;
}

static unsigned admitted(struct overload *o, enum overload_who who)
{
	unsigned n = 0;

	for (unsigned i = 0; i < MANY; i++)
		n += overload_admit(o, who);
	return n;
}

static struct overload fresh(void)
{
	struct overload o;

	overload_init(&o, START);
	return o;
}

static void with_time_everybody_is_let_in(void **state)
{
	struct overload o = fresh();
	(void)state;

	turns(&o, START, 500, false);
	assert_false(overload_is_on(&o));
	assert_int_equal(admitted(&o, OVERLOAD_STRANGER), MANY);
	assert_int_equal(admitted(&o, OVERLOAD_KNOWN), MANY);
	assert_int_equal(o.turned_away, 0);
}

static void a_burst_turns_nobody_away(void **state)
{
	struct overload o = fresh();
	uint64_t now = START;
	(void)state;

	for (int i = 0; i < 20; i++) {
		now = turns(&o, now, OVERLOAD_PATIENCE_MS - 4, true);
		now = turns(&o, now, TURN_MS, false);
	}
	assert_int_equal(admitted(&o, OVERLOAD_STRANGER), MANY);
}

static void strangers_go_first(void **state)
{
	struct overload o = fresh();
	unsigned known;
	(void)state;

	turns(&o, START, OVERLOAD_PATIENCE_MS + OVERLOAD_STEP_MS + 2 * TURN_MS, true);
	assert_true(overload_is_on(&o));
	assert_int_equal(admitted(&o, OVERLOAD_STRANGER), 0);
	known = admitted(&o, OVERLOAD_KNOWN);
	assert_true(known < MANY);
	assert_true(known >= MANY * 6 / 10);
}

static void the_longer_the_fewer_but_never_none(void **state)
{
	struct overload o = fresh();
	uint64_t now = turns(&o, START, 200, true);
	unsigned first = admitted(&o, OVERLOAD_KNOWN), last;
	(void)state;

	turns(&o, now, 5000, true);
	last = admitted(&o, OVERLOAD_KNOWN);
	assert_true(last < first);
	assert_in_range(last, MANY * OVERLOAD_FLOOR / OVERLOAD_WHOLE, MANY * OVERLOAD_FLOOR / OVERLOAD_WHOLE + 1);
	assert_int_equal(o.turned_away, 2 * MANY - first - last);
}

/* The last steps up are the strangers'. */
static void it_ends_some_seconds_after_the_load(void **state)
{
	struct overload o = fresh();
	uint64_t now = turns(&o, START, 5000, true);
	(void)state;

	now = turns(&o, now, 1000, false);
	assert_true(overload_is_on(&o));
	assert_int_equal(admitted(&o, OVERLOAD_STRANGER), 0);
	turns(&o, now, 1000, false);
	assert_true(admitted(&o, OVERLOAD_STRANGER) < MANY);
	assert_int_equal(admitted(&o, OVERLOAD_KNOWN), MANY);
	turns(&o, now, 3000, false);
	assert_false(overload_is_on(&o));
}

/* Stopped between two turns, over and over: the sockets hold much then, and it is read at once. */
static void who_was_kept_from_running_turns_nobody_away(void **state)
{
	enum { STOPPED_MS = 150, READING_MS = 30 };
	struct overload o = fresh();
	uint64_t now = START;
	(void)state;

	for (int i = 0; i < 20; i++) {
		now = turns(&o, now, 200, false) + STOPPED_MS;
		now = turns(&o, now, READING_MS, true);
		now = turns(&o, now, TURN_MS, false);
		assert_false(overload_is_on(&o));
	}
	assert_int_equal(admitted(&o, OVERLOAD_STRANGER), MANY);
}

/* Stopped while it reads what it found, too. */
static void a_stop_while_behind_is_one_long_turn(void **state)
{
	struct overload o = fresh();
	uint64_t now = turns(&o, START, 200, false);
	(void)state;

	for (int i = 0; i < 3; i++) {
		overload_turn(&o, now, true, false);
		now += 150;
	}
	assert_false(overload_is_on(&o));
	turns(&o, now, OVERLOAD_PATIENCE_MS + OVERLOAD_STEP_MS, true);
	assert_true(overload_is_on(&o));
}

/* Its answers are late by as much as it was stopped; ours are not. */
static void the_relay_is_waited_for_longer(void **state)
{
	static const struct {
		unsigned ms;
		bool turns_away;
	} cases[] = { { OVERLOAD_RELAY_PATIENCE_MS - TURN_MS, false },
		      { OVERLOAD_RELAY_PATIENCE_MS + 2 * TURN_MS, true } };
	(void)state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct overload o = fresh();

		for (unsigned ms = 0; ms <= cases[i].ms; ms += TURN_MS)
			overload_turn(&o, START + ms, false, true);
		assert_int_equal(overload_is_on(&o), cases[i].turns_away);
		overload_turn(&o, START + cases[i].ms + TURN_MS, false, false);
		assert_int_equal(o.relay.ms, 0);
	}
}

/* What a share lets in is spread evenly: half of them is every other one. */
static void shares_are_even(void **state)
{
	struct overload o = fresh();
	(void)state;

	o.share = OVERLOAD_WHOLE / 2;
	for (int i = 0; i < 10; i++) {
		bool first = overload_admit(&o, OVERLOAD_KNOWN), second = overload_admit(&o, OVERLOAD_KNOWN);

		assert_true(first != second);
	}
}

/* The loop may stand still for long; one late turn alone is no overload. */
static void a_pause_is_no_overload(void **state)
{
	struct overload o = fresh();
	(void)state;

	overload_turn(&o, START + 60000, false, false);
	assert_false(overload_is_on(&o));
}

static void not_all_are_told_to_come_back_at_once(void **state)
{
	struct overload o = fresh();
	unsigned seen = 0;
	(void)state;

	o.share = 0;
	for (int i = 0; i < 100; i++) {
		assert_false(overload_admit(&o, OVERLOAD_KNOWN));
		assert_in_range(overload_retry_s(&o), OVERLOAD_RETRY_FIRST_S,
				OVERLOAD_RETRY_FIRST_S + OVERLOAD_RETRY_SPREAD_S - 1);
		seen |= 1u << overload_retry_s(&o);
	}
	assert_int_equal(__builtin_popcount(seen), OVERLOAD_RETRY_SPREAD_S);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(with_time_everybody_is_let_in),
		cmocka_unit_test(a_burst_turns_nobody_away),
		cmocka_unit_test(strangers_go_first),
		cmocka_unit_test(the_longer_the_fewer_but_never_none),
		cmocka_unit_test(it_ends_some_seconds_after_the_load),
		cmocka_unit_test(who_was_kept_from_running_turns_nobody_away),
		cmocka_unit_test(a_stop_while_behind_is_one_long_turn),
		cmocka_unit_test(the_relay_is_waited_for_longer),
		cmocka_unit_test(shares_are_even),
		cmocka_unit_test(a_pause_is_no_overload),
		cmocka_unit_test(not_all_are_told_to_come_back_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

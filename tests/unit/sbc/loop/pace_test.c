/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/loop/pace.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

enum { TURN_US = 1000, START_US = 7777777 };

/* So many messages a window for some windows, in turns of a millisecond; the wait after the last of them. */
static uint32_t after(struct pace *p, uint64_t *now_us, uint32_t messages, unsigned windows)
{
	const unsigned turns = PACE_WINDOW_US / TURN_US;
	uint32_t wait = 0;

	for (unsigned t = 0; t < windows * turns; t++) {
		for (uint32_t k = messages * (t % turns) / turns; k < messages * (t % turns + 1) / turns; k++)
			pace_got(p);
		*now_us += TURN_US;
		wait = pace_wait_us(p, *now_us);
	}
	return wait;
}

static void the_more_come_the_shorter_it_waits(void **state)
{
	static const struct {
		uint32_t messages, least, most;
	} cases[] = {
		{ 0, 0, 0 },         { PACE_LEAST / 2, 0, 0 }, { PACE_LEAST * 3 / 2, PACE_MOST_US, PACE_MOST_US },
		{ 400, 3800, 4200 }, { 800, 1900, 2100 },      { 4000, 380, 420 },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pace p = { 0 };
		uint64_t now = START_US;

		assert_in_range(after(&p, &now, cases[i].messages, 4), cases[i].least, cases[i].most);
	}
}

static void the_first_after_a_pause_is_not_waited_for(void **state)
{
	struct pace p = { 0 };
	uint64_t now = START_US;

	(void)state;
	assert_true(after(&p, &now, 400, 4) > 0);
	now += 10 * PACE_WINDOW_US;
	pace_got(&p);
	assert_int_equal(pace_wait_us(&p, now), 0);
}

static void it_ends_when_few_come(void **state)
{
	struct pace p = { 0 };
	uint64_t now = START_US;

	(void)state;
	assert_true(after(&p, &now, 400, 4) > 0);
	assert_int_equal(after(&p, &now, 10, 3), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_more_come_the_shorter_it_waits),
		cmocka_unit_test(the_first_after_a_pause_is_not_waited_for),
		cmocka_unit_test(it_ends_when_few_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

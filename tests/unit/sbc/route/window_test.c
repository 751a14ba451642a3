/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/route/window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

enum { SUN, MON, TUE, WED, THU, FRI, SAT, WEEK = 0x3e, ALL = 0x7f };

static void what_is_in_a_window(void **state)
{
	static const struct {
		const char *name;
		struct conf_window w;
		unsigned day, minute;
		bool expected;
	} cases[] = {
		{ "before it begins", { WEEK, 480, 1080 }, MON, 479, false },
		{ "its first minute", { WEEK, 480, 1080 }, MON, 480, true },
		{ "its last minute", { WEEK, 480, 1080 }, FRI, 1079, true },
		{ "when it ended", { WEEK, 480, 1080 }, FRI, 1080, false },
		{ "another day", { WEEK, 480, 1080 }, SAT, 600, false },
		{ "whole days", { 1 << SAT | 1 << SUN, 0, 1440 }, SUN, 1439, true },
		{ "over midnight, before", { ALL, 1320, 360 }, WED, 1320, true },
		{ "over midnight, after", { ALL, 1320, 360 }, WED, 359, true },
		{ "over midnight, by day", { ALL, 1320, 360 }, WED, 360, false },
		{ "the night that begins on friday", { 1 << FRI, 1320, 360 }, SAT, 100, true },
		{ "not the one before", { 1 << FRI, 1320, 360 }, FRI, 100, false },
		{ "nor the one after", { 1 << FRI, 1320, 360 }, SAT, 1400, false },
		{ "from saturday to sunday", { 1 << SAT, 1320, 360 }, SUN, 100, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct window_time t = { cases[i].day, cases[i].minute };

		if (window_has(&cases[i].w, t) != cases[i].expected)
			fail_msg("%s", cases[i].name);
	}
}

static void any_of_several(void **state)
{
	static const struct conf_window w[] = { { 1 << MON, 0, 60 }, { 1 << TUE, 0, 60 } };

	(void)state;
	assert_true(window_any(w, 2, (struct window_time){ TUE, 30 }));
	assert_false(window_any(w, 1, (struct window_time){ TUE, 30 }));
	assert_false(window_any(w, 0, (struct window_time){ MON, 30 }));
}

static void the_clock_of_the_host(void **state)
{
	static const struct {
		const char *zone;
		unsigned day, minute;
	} cases[] = {
		{ "UTC", TUE, 22 * 60 + 13 },
		{ "ABC-2", WED, 13 },
		{ "ABC+12", TUE, 10 * 60 + 13 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct window_time t;

		setenv("TZ", cases[i].zone, 1);
		tzset();
		t = window_time_of(1700000000);
		assert_int_equal(t.day, cases[i].day);
		assert_int_equal(t.minute, cases[i].minute);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_in_a_window),
		cmocka_unit_test(any_of_several),
		cmocka_unit_test(the_clock_of_the_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/alg/conf/config_case.h"

#define BEFORE "{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\"}},\"routes\":[{\"reject\":404,\"time\":["

static void windows(void **state)
{
	static const struct {
		const char *text;
		struct conf_window window; /* days 0: refused */
	} cases[] = {
		{ "mon-fri 08:00-18:00", { 0x3e, 480, 1080 } },
		{ "sat,sun", { 0x41, 0, 1440 } },
		{ "22:00-06:00", { 0x7f, 1320, 360 } },
		{ "fri-mon", { 0x63, 0, 1440 } },
		{ "mon-wed,Fri  9:30-24:00", { 0x2e, 570, 1440 } },
		{ "sun-sun", { 0x01, 0, 1440 } },
		{ " sun ", { 0x01, 0, 1440 } },
		{ "00:00-24:00", { 0x7f, 0, 1440 } },
		{ "24:00-06:00", { 0 } },
		{ "08:00-08:00", { 0 } },
		{ "08:00", { 0 } },
		{ "08:00-", { 0 } },
		{ "08:60-09:00", { 0 } },
		{ "08:00-24:01", { 0 } },
		{ "8-18", { 0 } },
		{ "08:0-18:00", { 0 } },
		{ "08:00-18:00 mon", { 0 } },
		{ "mon-", { 0 } },
		{ "mon,", { 0 } },
		{ ",mon", { 0 } },
		{ "monday", { 0 } },
		{ "mon 08:00-18:00 x", { 0 } },
		{ "", { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char json[256];
		int n = snprintf(json, sizeof(json), BEFORE "\"%s\"]}]}", cases[i].text);
		struct span guarded = guard_span(span_of(json, (size_t)n));
		struct config *c = conf_load(guarded, "sbc.json", NULL, NULL);

		assert_int_equal(c != NULL, cases[i].window.days != 0);
		if (c) {
			assert_int_equal(c->routes[0].ntime, 1);
			assert_int_equal(c->routes[0].time[0].days, cases[i].window.days);
			assert_int_equal(c->routes[0].time[0].from_min, cases[i].window.from_min);
			assert_int_equal(c->routes[0].time[0].to_min, cases[i].window.to_min);
		}
		conf_free(c);
		guard_free(guarded);
	}
}

static void what_is_said(void **state)
{
	static const struct config_case cases[] = {
		{ "\"monday\"",
		  "routes[0].time[0]: \"monday\" is not days (sun, mon, tue, wed, thu, fri, sat), hours, or "
		  "both, such as \"mon-fri 08:00-18:00\"" },
		{ "8", "routes[0].time[0]: expected a time such as \"mon-fri 08:00-18:00\", found a number" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, BEFORE, "]}]}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(windows),
		cmocka_unit_test(what_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/extmap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

static const struct sdp_extmap_rule rules[] = {
	{ false, SPAN("urn:a") },
	{ false, SPAN("all") },
	{ true, SPAN("urn:b") },
};

static const struct extmap_case {
	unsigned first, n; /* of the rules */
	struct span attribute;
	bool dropped;
} cases[] = {
	{ 0, 1, SPAN("extmap:1 urn:a"), true },   { 0, 1, SPAN("extmap:14/sendonly  URN:A with parameters"), true },
	{ 0, 1, SPAN("extmap:1 urn:ab"), false }, { 0, 1, SPAN("extmap:1 urn:"), false },
	{ 0, 1, SPAN("extmap:1"), false },        { 0, 1, SPAN("extmap-allow-mixed"), false },
	{ 0, 1, SPAN("rtpmap:1 urn:a"), false },  { 0, 0, SPAN("extmap:1 urn:a"), false },
	{ 1, 1, SPAN("extmap:1 urn:c"), true },   { 1, 2, SPAN("extmap:1 urn:c"), true },
	{ 1, 2, SPAN("extmap:1 urn:b"), false },  { 2, 1, SPAN("extmap:1 urn:c"), false },
};

static void extensions_that_are_dropped(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct span attribute = guard_span(cases[i].attribute);

		if (sdp_extmap_is_dropped(rules + cases[i].first, cases[i].n, attribute) != cases[i].dropped)
			fail_msg("%u", i);
		guard_free(attribute);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(extensions_that_are_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Max-Breadth: its values and its division. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sip/max_breadth.h"
#include "tests/unit/guard.h"

static void values(void **state)
{
	static const struct {
		const char *in;
		int ok;
		uint32_t breadth;
	} cases[] = {
		{ "0", 1, 0 }, { " 1 ", 1, 1 }, { "60", 1, 60 }, { "61", 1, 60 }, { "99999999999999999999", 1, 60 },
		{ "", 0, 0 },  { "-1", 0, 0 },  { "1 2", 0, 0 }, { "x", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].in));
		uint32_t breadth = 77;
		bool ok = max_breadth_parse(in, &breadth) == 0;

		if (ok != cases[i].ok || breadth != (ok ? cases[i].breadth : 77))
			fail_msg("'%s': %d %u", cases[i].in, ok, breadth);
		guard_free(in);
	}
}

static void all_of_it_and_no_more(void **state)
{
	(void)state;
	for (uint32_t breadth = 0; breadth <= MAX_BREADTH_DEFAULT; breadth++) {
		for (uint32_t branches = 1; branches < 70; branches++) {
			uint32_t sum = 0, least = UINT32_MAX, most = 0;

			for (uint32_t i = 0; i < branches; i++) {
				uint32_t share = max_breadth_share(breadth, branches, i);

				sum += share;
				least = share < least ? share : least;
				most = share > most ? share : most;
			}
			assert_int_equal(sum, breadth);
			assert_true(most - least <= 1);
		}
	}
	assert_int_equal(max_breadth_share(60, 2, 2), 0);
	assert_int_equal(max_breadth_share(60, 0, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(all_of_it_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

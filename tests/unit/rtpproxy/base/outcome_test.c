/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

/* Names are counters, reasons are what clients compare: one for each, and no two the same. */
static void each_has_a_name_and_a_reason_of_its_own(void **state)
{
	(void)state;
	for (unsigned i = 0; i < OUTCOME_N; i++) {
		const char *name = outcome_name((enum outcome)i), *reason = outcome_reason((enum outcome)i);

		assert_non_null(name);
		assert_non_null(reason);
		assert_int_equal(reason[0] != '\0', i != OUTCOME_OK);
		for (unsigned k = 0; k < i; k++) {
			assert_string_not_equal(name, outcome_name((enum outcome)k));
			assert_string_not_equal(reason, outcome_reason((enum outcome)k));
		}
	}
	assert_string_equal(outcome_name(OUTCOME_N), "unknown");
	assert_string_equal(outcome_reason(OUTCOME_N), "");
}

/* What Kamailio's module (rtpengine.c) and OpenSIPS' look for, to the letter. */
static void what_clients_compare(void **state)
{
	(void)state;
	assert_string_equal(outcome_reason(OUTCOME_SESSIONS_FULL), "Parallel session limit reached");
	assert_string_equal(outcome_reason(OUTCOME_PORTS_FULL), "Ran out of ports");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_has_a_name_and_a_reason_of_its_own),
		cmocka_unit_test(what_clients_compare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

#include "alg/ng/ng_key.h"

/* What statistics call a command is understood as that command: no two are mixed up, none is left out. */
static void each_is_known_by_its_name(void **state)
{
	(void)state;
	for (unsigned i = 0; i < NG_COMMAND_OTHER; i++) {
		const char *name = command_name((enum ng_command)i);

		assert_non_null(name);
		assert_int_equal(ng_command_of(span_str(name)), i);
	}
}

static void what_is_none_is_other(void **state)
{
	(void)state;
	assert_string_equal(command_name(NG_COMMAND_OTHER), "other");
	assert_string_equal(command_name(NG_COMMAND_N), "other");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_known_by_its_name),
		cmocka_unit_test(what_is_none_is_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* q: thousandths, and what stands for one that can't be read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sip/qvalue.h"
#include "tests/unit/guard.h"

static void thousandths(void **state)
{
	static const struct {
		const char *text;
		uint16_t expected;
	} cases[] = {
		{ "0.7", 700 },    { "0", 0 },         { "0.", 0 },      { "1", 1000 },
		{ "1.000", 1000 }, { "0.123", 123 },   { "0.05", 50 },   { "1.5", 1000 },
		{ "9", 1000 },     { "", 1000 },       { "x", 1000 },    { "0,7", 1000 },
		{ "0.7x", 1000 },  { "0.1234", 1000 }, { "-0.1", 1000 }, { "0.0.1", 1000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span s = guard_span(span_str(cases[i].text));

		if (qvalue_read(s) != cases[i].expected)
			fail_msg("\"%s\": %u", cases[i].text, qvalue_read(s));
		guard_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(thousandths) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

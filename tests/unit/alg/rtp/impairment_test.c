/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/rtp/impairment.h"

static void found(void **state)
{
	static const struct {
		const char *codec;
		uint8_t ie, bpl_10;
	} cases[] = {
		{ "PCMU", 0, 251 }, { "pcma", 0, 251 }, { "G729", 11, 190 }, { "g723", 15, 161 }, { "OPUS", 0, 251 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const uint8_t n = impairment_find(span_str(cases[i].codec));

		assert_int_not_equal(n, IMPAIRMENT_UNKNOWN);
		assert_int_equal(impairment_of(n)->ie, cases[i].ie);
		assert_int_equal(impairment_of(n)->bpl_10, cases[i].bpl_10);
	}
}

static void unknown(void **state)
{
	static const char *const names[] = { "", "PCM", "PCMAA", "telephone-event" };
	(void)state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(impairment_find(span_str(names[i])), IMPAIRMENT_UNKNOWN);
	assert_ptr_equal(impairment_of(200), impairment_of(IMPAIRMENT_UNKNOWN));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found),
		cmocka_unit_test(unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

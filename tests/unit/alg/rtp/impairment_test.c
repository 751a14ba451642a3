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
		const char *name;
		int payload_type;
		uint32_t clock_hz;
	} cases[] = {
		{ "PCMU", 0, 8000 }, { "pcma", 8, 8000 },   { "G722", 9, 8000 },     { "G729", 18, 8000 },
		{ "GSM", 3, 8000 },  { "opus", -1, 48000 }, { "AMR-WB", -1, 16000 }, { "OPUS", -1, 48000 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const uint8_t n = impairment_by_name(span_str(cases[i].name));

		assert_int_not_equal(n, IMPAIRMENT_UNKNOWN);
		assert_int_equal(impairment_of(n)->clock_hz, cases[i].clock_hz);
		assert_int_equal(impairment_of(n)->payload_type, cases[i].payload_type);
		if (cases[i].payload_type >= 0)
			assert_int_equal(impairment_by_payload_type((uint8_t)cases[i].payload_type), n);
	}
}

static void unknown(void **state)
{
	static const char *const names[] = { "", "PCM", "PCMAA", "telephone-event" };
	(void)state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(impairment_by_name(span_str(names[i])), IMPAIRMENT_UNKNOWN);
	assert_int_equal(impairment_by_payload_type(96), IMPAIRMENT_UNKNOWN);
	assert_int_equal(impairment_by_payload_type(255), IMPAIRMENT_UNKNOWN);
	assert_int_equal(impairment_of(IMPAIRMENT_UNKNOWN)->clock_hz, 0);
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

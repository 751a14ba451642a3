/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/guard/evidence.h"

#include "sbc/guard/meters.h"
#include "tests/unit/sbc/bench.h"

static void scanners(void **state)
{
	static const struct {
		const char *lines;
		bool is;
	} cases[] = {
		{ "", false },
		{ "User-Agent: friendly-scanner\n", true },
		{ "user-agent:\n Friendly-Scanner v1\n", true },
		{ "User-Agent: phone\nUser-Agent: sipvicious\n", true },
		{ "User-Agent: Yealink SIP-T46S\n", false },
		{ "User-Agent: friendly phone\n", false },
		{ "User-Agent: not friendly-scanner\n", false },
		{ "User-Agent:\n", false },
		{ "Subject: friendly-scanner\n", false },
	};
	struct bench b = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sip_msg m =
			bench_msg(bench_request(&b, "OPTIONS", "sip:198.51.100.5", "a", 1, cases[i].lines, ""));

		assert_int_equal(evidence_is_scanner(&m), cases[i].is);
	}
	for (unsigned i = 0; i < b.ntext; i++)
		free(b.texts[i]);
}

/* So many wrong passwords are a ban, and one less is none. */
static void passwords(void **state)
{
	static const unsigned failed[] = { 1, 2, 3, 4, 10, 15 };

	(void)state;
	assert_int_equal(evidence_points(EVIDENCE_PASSWORD, 0), 0);
	for (size_t i = 0; i < sizeof(failed) / sizeof(*failed); i++) {
		uint32_t points = evidence_points(EVIDENCE_PASSWORD, failed[i]);

		assert_true(points * failed[i] >= METERS_FULL);
		assert_true(points * (failed[i] - 1) < METERS_FULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scanners),
		cmocka_unit_test(passwords),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

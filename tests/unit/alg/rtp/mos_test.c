/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/rtp/mos.h"

static void assert_near(const char *what, double got, double want, double off)
{
	if (got > want + off || got < want - off)
		fail_msg("%s: %.3f, not %.3f", what, got, want);
}

/* G.107 table B.1: the lower limits of its five classes; and the rating that all defaults give. */
static void ratings(void **state)
{
	static const struct {
		const char *name;
		double r, mos;
	} cases[] = {
		{ "very satisfied", 90, 4.34 },
		{ "satisfied", 80, 4.03 },
		{ "some dissatisfied", 70, 3.60 },
		{ "many dissatisfied", 60, 3.10 },
		{ "nearly all dissatisfied", 50, 2.58 },
		{ "defaults", 93.2, 4.41 },
		{ "least", 0, 1 },
		{ "below", -20, 1 },
		{ "small: not less than 1", 3, 1 },
		{ "most", 100, 4.5 },
		{ "beyond", 120, 4.5 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_near(cases[i].name, mos_of_rating(cases[i].r), cases[i].mos, 0.01);
}

/* By hand from the formula: Ie of G.113, Ppl / BurstR + Bpl. */
static void impairments(void **state)
{
	static const struct {
		const char *name, *codec;
		double loss, burst, delay, r;
	} cases[] = {
		{ "G.711, nothing wrong", "PCMA", 0, 1, 0, 93.2 },
		{ "G.711, 1 % lost", "PCMU", 1, 1, 0, 93.2 - 95.0 / 26.1 },
		{ "G.711, 5 % lost", "PCMA", 5, 1, 0, 93.2 - 475.0 / 30.1 },
		{ "the same in bursts", "PCMA", 5, 2, 0, 93.2 - 475.0 / 27.6 },
		{ "G.729", "G729", 0, 1, 0, 82.2 },
		{ "G.729, 2 % lost", "g729", 2, 1, 0, 93.2 - 11 - 84.0 * 2 / 21.0 },
		{ "100 ms", "PCMA", 0, 1, 100, 90.8 },
		{ "the knee", "PCMA", 0, 1, 177.3, 93.2 - 4.2552 },
		{ "400 ms", "PCMA", 0, 1, 400, 93.2 - 9.6 - 0.11 * 222.7 },
		{ "all of it lost", "G729", 100, 1, 2000, 0 },
		{ "unknown codec", "x", 0, 1, 0, 93.2 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct mos_input in = { .codec = impairment_find(span_str(cases[i].codec)),
					      .loss_percent = cases[i].loss,
					      .burst = cases[i].burst,
					      .delay_ms = cases[i].delay };

		assert_near(cases[i].name, mos_rating(&in), cases[i].r, 0.001);
		assert_near(cases[i].name, mos_of(&in), mos_of_rating(cases[i].r), 0.001);
	}
}

static void bursts(void **state)
{
	static const struct {
		uint32_t expected, lost, gaps;
		double burst;
	} cases[] = {
		{ 1000, 0, 0, 1 },      { 0, 0, 0, 1 },       { 1000, 10, 10, 1 }, { 1000, 10, 9, 1.1 },
		{ 1000, 100, 60, 1.5 }, { 1000, 100, 10, 2 }, { 10, 10, 1, 1 },    { 10, 20, 1, 1 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_near("burst", mos_burst(cases[i].expected, cases[i].lost, cases[i].gaps), cases[i].burst, 0.001);
}

static void delays(void **state)
{
	(void)state;
	assert_near("nothing known", mos_delay(0, 0), 40, 0.001);
	assert_near("far away", mos_delay(120, 15), 130, 0.001);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ratings),
		cmocka_unit_test(impairments),
		cmocka_unit_test(bursts),
		cmocka_unit_test(delays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

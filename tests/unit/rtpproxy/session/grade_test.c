/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/rtp/impairment.h"
#include "rtpproxy/session/grade.h"

static void take(struct grade *g, uint32_t expected, uint32_t lost, uint32_t gaps, uint32_t trip_us, uint64_t now)
{
	const struct rtp_quality q = { .expected = expected, .lost = lost, .gaps = gaps, .jitter_us = 1000 };
	const struct grade_view v = {
		.quality = &q, .codec = impairment_find(SPAN("PCMA")), .round_trip_us = trip_us, .now = now
	};

	grade_take(g, &v);
}

static void samples(void **state)
{
	struct grade g = { 0 };
	struct grade_sample average;
	(void)state;

	take(&g, 0, 0, 0, 0, 1000);
	assert_int_equal(g.samples, 0);
	take(&g, 250, 0, 0, 0, 5000);
	assert_int_equal(g.samples, 1);
	/* R = 93.2 - 0.024 * 42 */
	assert_int_equal(g.last.mos_100, 439);
	take(&g, 500, 25, 25, 100000, 10000);
	assert_int_equal(g.last.loss_100, 1000);
	take(&g, 500, 25, 25, 100000, 15000); /* silence is no sample */
	take(&g, 750, 25, 25, 300000, 20000);
	assert_int_equal(g.samples, 3);
	average = grade_average(&g);
	assert_int_equal(average.loss_100, 333);
	assert_int_equal(average.round_trip_us, 200000); /* of those that knew one */
	assert_int_equal(average.jitter_us, 1000);
	assert_int_equal(g.lowest.at_ms, 10000);
	assert_int_equal(g.highest.at_ms, 5000);
	assert_in_range(average.mos_100, g.lowest.mos_100, g.highest.mos_100);
}

/* A late packet takes back a loss that was told already; a port given anew counts from nothing. */
static void numbers_that_shrink(void **state)
{
	struct grade g = { 0 };
	(void)state;

	take(&g, 250, 10, 10, 0, 5000);
	take(&g, 500, 8, 10, 0, 10000);
	assert_int_equal(g.last.loss_100, 0);
	take(&g, 100, 50, 50, 0, 15000);
	assert_int_equal(g.last.loss_100, 5000);
	assert_int_equal(g.samples, 3);
	/* Lost before, found missing later than it was due. */
	take(&g, 101, 60, 51, 0, 20000);
	assert_int_equal(g.last.loss_100, 10000);
}

static void no_samples(void **state)
{
	const struct grade g = { 0 };
	(void)state;

	assert_int_equal(grade_average(&g).mos_100, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples),
		cmocka_unit_test(numbers_that_shrink),
		cmocka_unit_test(no_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

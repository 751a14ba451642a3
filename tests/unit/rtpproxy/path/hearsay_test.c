/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/base/span.h"
#include "rtpproxy/path/hearsay.h"

#define SSRC "\x0a\x0b\x0c\x0d"
/* Its time's middle is 02030405. */
#define SR "\x80\xc8\x00\x06" SSRC "\xe0\x01\x02\x03\x04\x05\x06\x07\x00\x00\x10\x00\x00\x00\x00\x64\x00\x00\x43\x30"
/* Lost 3, an eighth of late, jitter 80; kept for a second and a half. */
#define RR(middle)                                                                                                     \
	"\x81\xc9\x00\x07" SSRC SSRC "\x20\x00\x00\x03\x00\x01\x00\x09\x00\x00\x00\x50" middle "\x00\x01\x80\x00"
#define BYE "\x81\xcb\x00\x01" SSRC

static bool take(struct hearsay *in, struct hearsay *out, struct span packet, uint64_t now_us)
{
	return hearsay_take(in, out, (const uint8_t *)packet.p, packet.n, now_us);
}

/* A's report passes to B at 10 s, B's answer to it comes at 11.56: B is 60 ms away and back. */
static void round_trip(void **state)
{
	struct hearsay a = { 0 }, b = { 0 }, told;
	(void)state;

	assert_true(take(&a, &b, SPAN(SR), 10000000));
	assert_true(take(&b, &a, SPAN(RR("\x02\x03\x04\x05")), 11560000));
	hearsay_copy(&told, &b);
	assert_int_equal(told.round_trip_us, 60000);
	assert_int_equal(told.trips, 1);
	assert_int_equal(told.blocks, 1);
	assert_int_equal(told.lost, 3);
	assert_int_equal(told.fraction, 32);
	assert_int_equal(told.jitter, 80);
	assert_false(told.said_bye);
	hearsay_copy(&told, &a);
	assert_int_equal(told.blocks, 0);
}

/* What answers no report of which the time is known tells of loss, not of time. */
static void no_round_trip(void **state)
{
	static const struct {
		const char *name;
		struct span packet;
		uint64_t now_us;
	} cases[] = {
		{ "no report was heard", SPAN(RR("\x00\x00\x00\x00")), 11560000 },
		{ "another report", SPAN(RR("\x02\x03\x04\x06")), 11560000 },
		{ "kept for longer than can be", SPAN(RR("\x02\x03\x04\x05")), 11400000 },
		{ "half a minute", SPAN(RR("\x02\x03\x04\x05")), 41600001 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hearsay a = { 0 }, b = { 0 };

		assert_true(take(&a, &b, SPAN(SR), 10000000));
		assert_true(take(&b, &a, cases[i].packet, cases[i].now_us));
		if (b.trips != 0 || b.round_trip_us != 0 || b.blocks != 1)
			fail_msg("%s: %u us", cases[i].name, b.round_trip_us);
	}
}

static void unsound_tells_nothing(void **state)
{
	struct hearsay a = { 0 }, b = { 0 };
	(void)state;

	assert_false(take(&a, &b, SPAN(SR "x"), 10000000));
	assert_int_equal(b.sent_us, 0);
	assert_true(take(&a, &b, SPAN(BYE), 10000000));
	assert_true(a.said_bye);
	hearsay_reset(&a);
	assert_false(a.said_bye);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(no_round_trip),
		cmocka_unit_test(unsound_tells_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

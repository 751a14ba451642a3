/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/rtp/rtp_make.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void what_is_made_is_read(void **state)
{
	static const struct rtp_header cases[] = {
		{ .ssrc = 0x01020304, .timestamp = 0xfffefdfc, .seq = 0xfffe, .payload_type = 127, .marker = true },
		{ .ssrc = 0xffffffff, .timestamp = 1, .seq = 1, .payload_type = 0 },
		{ 0 },
	};
	(void)state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t p[RTP_MAKE_HEADER];
		struct rtp_header got;

		rtp_make_header(p, &cases[i]);
		assert_int_equal(rtp_parse(p, sizeof(p), false, &got), 0);
		assert_int_equal(got.ssrc, cases[i].ssrc);
		assert_int_equal(got.timestamp, cases[i].timestamp);
		assert_int_equal(got.seq, cases[i].seq);
		assert_int_equal(got.payload_type, cases[i].payload_type);
		assert_int_equal(got.marker, cases[i].marker);
		assert_int_equal(got.header_len, sizeof(p));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(what_is_made_is_read) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

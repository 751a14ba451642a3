/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/rtpmap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

static const struct parse_case {
	struct span text;
	int result;
	unsigned payload_type;
	const char *encoding;
	unsigned clock, channels;
} cases[] = {
	{ SPAN("0 PCMU/8000"), 0, 0, "PCMU", 8000, 1 },
	{ SPAN("111 opus/48000/2"), 0, 111, "opus", 48000, 2 },
	{ SPAN("101  telephone-event/8000 "), 0, 101, "telephone-event", 8000, 1 },
	{ SPAN("127 X/4294967295/255"), 0, 127, "X", 4294967295u, 255 },
	{ SPAN("128 X/8000"), -1, 0, NULL, 0, 0 },
	{ SPAN("96 X/4294967296"), -1, 0, NULL, 0, 0 },
	{ SPAN("96 X/8000/256"), -1, 0, NULL, 0, 0 },
	{ SPAN("96 X/0"), -1, 0, NULL, 0, 0 },
	{ SPAN("96 X/8000/0"), -1, 0, NULL, 0, 0 },
	{ SPAN("96 X"), -1, 0, NULL, 0, 0 },
	{ SPAN("96 /8000"), -1, 0, NULL, 0, 0 },
	{ SPAN("96"), -1, 0, NULL, 0, 0 },
	{ SPAN(""), -1, 0, NULL, 0, 0 },
	{ SPAN("-1 X/8000"), -1, 0, NULL, 0, 0 },
	{ SPAN("96 X/8000/2/3"), -1, 0, NULL, 0, 0 },
};

static void parse_gives_the_fields(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span text = guard_span(cases[i].text);
		struct sdp_rtpmap r;

		if (sdp_rtpmap_parse(text, &r) != cases[i].result)
			fail_msg("%s", cases[i].text.p);
		if (cases[i].result == 0) {
			assert_int_equal(r.payload_type, cases[i].payload_type);
			assert_true(span_eq(r.encoding, span_str(cases[i].encoding)));
			assert_int_equal(r.clock, cases[i].clock);
			assert_int_equal(r.channels, cases[i].channels);
		}
		guard_free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(parse_gives_the_fields) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

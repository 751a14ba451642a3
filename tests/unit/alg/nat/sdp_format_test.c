/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/nat/sdp_format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

/* 101 is shown as 96, 97 as 120, 0 as it is; nothing else is shown. */
static const struct payload_plan plan = { .given = true, .n = 3, .format = { { 101, 96 }, { 0, 0 }, { 97, 120 } } };

static const struct attribute_case {
	struct span value;
	bool taken;
	const char *out;
} cases[] = {
	{ SPAN("rtpmap:101 telephone-event/8000"), true, "a=rtpmap:96 telephone-event/8000\r\n" },
	{ SPAN("rtpmap:0 PCMU/8000"), true, "a=rtpmap:0 PCMU/8000\r\n" },
	{ SPAN("RTPMAP:97 x/1"), true, "a=RTPMAP:120 x/1\r\n" },
	{ SPAN("fmtp:101 0-16"), true, "a=fmtp:96 0-16\r\n" },
	{ SPAN("fmtp:97"), true, "a=fmtp:120\r\n" },
	{ SPAN("fmtp:97 apt=101;rtx-time=3000"), true, "a=fmtp:120 apt=96;rtx-time=3000\r\n" },
	{ SPAN("fmtp:97 rtx-time=3000; apt=8"), true, "a=fmtp:120 rtx-time=3000; apt=8\r\n" },
	{ SPAN("fmtp:97 apt=x"), true, "a=fmtp:120 apt=x\r\n" },
	{ SPAN("rtcp-fb:97 nack pli"), true, "a=rtcp-fb:120 nack pli\r\n" },
	{ SPAN("rtcp-fb:* nack"), false, "" },
	{ SPAN("imageattr:97 send *"), true, "a=imageattr:120 send *\r\n" },
	{ SPAN("framesize:97 320-240"), true, "a=framesize:120 320-240\r\n" },
	{ SPAN("rtpmap:8 PCMA/8000"), true, "" },
	{ SPAN("fmtp:96 x"), true, "" },
	{ SPAN("rtpmap:128 x/1"), false, "" },
	{ SPAN("rtpmap:101x"), false, "" },
	{ SPAN("rtpmap"), false, "" },
	{ SPAN("rtpmap:"), false, "" },
	{ SPAN("ptime:20"), false, "" },
	{ SPAN("sendrecv"), false, "" },
	{ SPAN(""), false, "" },
};

static void attributes_follow_their_format(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span value = guard_span(cases[i].value);
		char buf[256];
		struct writer w = writer_over(buf, sizeof(buf));

		if (sdp_format_attribute(&w, &plan, value) != cases[i].taken ||
		    !span_eq(writer_done(&w), span_str(cases[i].out)))
			fail_msg("%.*s: %.*s", SPAN_ARG(cases[i].value), SPAN_ARG(writer_done(&w)));
		guard_free(value);
	}
}

static void the_list_of_the_m_line(void **state)
{
	char buf[64];
	struct writer w = writer_over(buf, sizeof(buf));

	(void)state;
	sdp_format_list(&w, &plan);
	assert_true(span_eq(writer_done(&w), SPAN(" 96 0 120")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attributes_follow_their_format),
		cmocka_unit_test(the_list_of_the_m_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/line/bundle.h"

#include "tests/unit/rtpproxy/rig.h"

#define HEAD    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
#define AUDIO   "m=audio 4000 RTP/AVP 0\r\n"
#define NAME_32 "abcdefghijklmnopqrstuvwxyz012345"

/* Of the first m-line. */
static void names_and_groups(void **state)
{
	static const struct {
		const char *session, *line, *name;
		bool grouped;
	} cases[] = {
		{ "", "", "", false },
		{ "", "a=mid:0\r\n", "0", false },
		{ "a=group:BUNDLE 0\r\n", "a=mid:0\r\n", "0", true },
		{ "a=group:BUNDLE 1 0\r\n", "a=mid:0\r\n", "0", true },
		{ "a=group:BUNDLE 00 10\r\n", "a=mid:0\r\n", "0", false },
		{ "a=group:LS 0\r\n", "a=mid:0\r\n", "0", false },
		{ "a=group:LS 0\r\na=group:BUNDLE 0\r\n", "a=mid:0\r\n", "0", true },
		{ "a=group:BUNDLE 1\r\na=group:BUNDLE 0\r\n", "a=mid:0\r\n", "0", true },
		{ "a=group:BUNDLE 0\r\na=group:BUNDLE 1\r\n", "a=mid:0\r\n", "0", true },
		{ "a=group:BUNDLE\r\n", "a=mid:0\r\n", "0", false },
		{ "a=group:BUNDLE 0\r\n", "", "", false },
		{ "", "a=mid:\r\n", "", false },
		{ "", "a=mid:" NAME_32 "\r\n", NAME_32, false },
		{ "", "a=mid:" NAME_32 "x\r\n", "", false },
		/* Of another m-line. */
		{ "a=group:BUNDLE 0\r\n", "m=video 4002 RTP/AVP 96\r\na=mid:0\r\n", "", false },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bundle b = { .name = "before", .grouped = true };
		char text[512];
		struct sdp sdp;

		snprintf(text, sizeof(text), HEAD "%s" AUDIO "%s", cases[i].session, cases[i].line);
		assert_int_equal(sdp_index(span_str(text), &sdp), SDP_OK);
		bundle_read(&sdp, 0, &b);
		assert_string_equal(b.name, cases[i].name);
		assert_int_equal(b.grouped, cases[i].grouped);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

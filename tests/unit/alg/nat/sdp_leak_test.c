/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/nat/sdp_leak.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/base/writer.h"
#include "tests/unit/guard.h"

#define HEAD "v=0\r\no=- 1 2 IN IP4 pbx\r\ns=-\r\nc=IN IP4 phone.lan\r\nt=0 0\r\n"

static const char names[] = HEAD "m=audio 4 RTP/AVP 0\r\na=candidate:1 1 UDP 2130706431 f00d.local 9 typ host\r\n"
				 "a=candidate:2 1 UDP 2130706431 10.0.0.1 9 typ host\r\nc=IN IP4 Phone.LAN\r\n";

static const struct leak_case {
	struct span text;
	bool leaks;
} cases[] = {
	{ SPAN(""), false },
	{ SPAN("rtpmap:0 PCMU/8000"), false },
	{ SPAN("fmtp:101 0-15"), false },
	{ SPAN("fmtp:97 profile-level-id=42e01f;packetization-mode=1"), false },
	{ SPAN("extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level"), false },
	{ SPAN("X-version:16.2.1"), false },
	{ SPAN("X-mac:00:11:22:33:44:55"), false },
	{ SPAN("10.0.0.1"), true },
	{ SPAN("x:10.0.0.1:5060"), true },
	{ SPAN("x:user@10.0.0.1"), true },
	{ SPAN("face10.0.0.1face"), true },
	{ SPAN("x:1.10.0.0.1"), true },
	{ SPAN("x:10.0.0."), false },
	{ SPAN("x:10..0.0.1"), false },
	{ SPAN("fe80::1"), true },
	{ SPAN("2001:db8:1:2:3:4:5:6"), true },
	{ SPAN("2001:db8:1:2:3:4:5"), false },
	{ SPAN("x [::1]:5060"), true },
	{ SPAN("::"), true },
	{ SPAN("x:phone.lan"), true },
	{ SPAN("x:sip:PHONE.lan;y"), true },
	{ SPAN("x:myphone.lander"), true },
	{ SPAN("x:phone.la"), false },
	{ SPAN("x:f00d.local"), true },
	{ SPAN("x:pbx"), true },
	{ SPAN("pbx"), true },
	{ SPAN("x:sip:a@PBX;y"), true },
	{ SPAN("x:pbxes"), false },
	{ SPAN("x:my-pbx"), false },
};

static void literals_and_names_are_found(void **state)
{
	static struct sdp s;
	struct sdp_leak leak;

	(void)state;
	assert_int_equal(sdp_index(SPAN(names), &s), SDP_OK);
	assert_int_equal(sdp_leak_init(&s, &leak), 0);
	assert_int_equal(leak.n, 3);
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span text = guard_span(cases[i].text);

		if (sdp_leak_has(&leak, text) != cases[i].leaks)
			fail_msg("%s", cases[i].text.p);
		guard_free(text);
	}
}

/* Others write "0" or "-" where they have no address: not a name to look for. */
static void what_has_no_letter_is_no_name(void **state)
{
	static struct sdp s;
	struct sdp_leak leak;

	(void)state;
	assert_int_equal(sdp_index(SPAN("v=0\r\no=- 1 2 IN IP4 0\r\ns=-\r\nt=0 0\r\n"), &s), SDP_OK);
	assert_int_equal(sdp_leak_init(&s, &leak), 0);
	assert_int_equal(leak.n, 0);
	assert_false(sdp_leak_has(&leak, SPAN("rtpmap:0 PCMU/8000")));
}

static void malformed_lines_are_refused(void **state)
{
	static const struct span texts[] = {
		SPAN("v=0\r\no=- 1 2\r\ns=-\r\nt=0 0\r\n"),
		SPAN("v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4\r\nt=0 0\r\n"),
		SPAN("v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 4 RTP/AVP 0\r\nc=\r\n"),
	};
	static struct sdp s;
	struct sdp_leak leak;

	(void)state;
	for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(sdp_index(texts[i], &s), SDP_OK);
		assert_int_equal(sdp_leak_init(&s, &leak), -1);
	}
}

static void names_are_limited_on_both_sides(void **state)
{
	static struct sdp s;
	struct sdp_leak leak;

	(void)state;
	for (unsigned n = SDP_LEAK_NAME_MAX; n <= SDP_LEAK_NAME_MAX + 1; n++) {
		char buf[4096];
		struct writer w = writer_over(buf, sizeof(buf));

		writer_str(&w, "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n");
		for (unsigned i = 0; i < n; i++)
			writer_format(&w, "c=IN IP4 h%u.lan\r\nc=IN IP4 h%u.lan\r\n", i, i);
		assert_int_equal(sdp_index(writer_done(&w), &s), SDP_OK);
		assert_int_equal(sdp_leak_init(&s, &leak), n > SDP_LEAK_NAME_MAX ? -1 : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(literals_and_names_are_found),
		cmocka_unit_test(what_has_no_letter_is_no_name),
		cmocka_unit_test(malformed_lines_are_refused),
		cmocka_unit_test(names_are_limited_on_both_sides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/ice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

#define UFRAG "a=ice-ufrag:8hhY\r\n"
#define PWD   "a=ice-pwd:asd88fgpdd777uzjYhagZg\r\n"
#define LOW   "a=candidate:1 1 UDP 2130706431 192.0.2.7 4000 typ host\r\n"

static void descriptions(void **state)
{
	static const struct {
		const char *shows, *session, *connection, *media, *read;
	} cases[] = {
		{ "of the m-line", "", "IN IP4 192.0.2.7", UFRAG PWD LOW, "8hhY asd88fgpdd777uzjYhagZg" },
		{ "of the session", UFRAG PWD, "IN IP4 192.0.2.7", LOW, "8hhY asd88fgpdd777uzjYhagZg" },
		{ "the m-line's own first", "a=ice-ufrag:other\r\n", "IN IP4 192.0.2.7", UFRAG PWD,
		  "8hhY asd88fgpdd777uzjYhagZg" },
		{ "lite", "a=ice-lite\r\n", "IN IP4 192.0.2.7", UFRAG PWD LOW, "8hhY asd88fgpdd777uzjYhagZg lite" },
		{ "somebody has changed the address", "", "IN IP4 198.51.100.1", UFRAG PWD LOW,
		  "8hhY asd88fgpdd777uzjYhagZg mismatch" },
		{ "another port", "", "IN IP4 192.0.2.7", UFRAG PWD "a=candidate:1 1 UDP 1 192.0.2.7 4002 typ host\r\n",
		  "8hhY asd88fgpdd777uzjYhagZg mismatch" },
		{ "it says so of ours", "", "IN IP4 192.0.2.7", UFRAG PWD LOW "a=ice-mismatch\r\n",
		  "8hhY asd88fgpdd777uzjYhagZg mismatch" },
		{ "the second candidate fits", "", "IN IP4 203.0.113.9",
		  UFRAG PWD LOW
		  "a=candidate:2 1 udp 1694498815 203.0.113.9 4000 typ srflx raddr 192.0.2.7 rport 4000\r\n",
		  "8hhY asd88fgpdd777uzjYhagZg" },
		{ "IPv6 spelt otherwise", "", "IN IP6 2001:DB8:0::7",
		  UFRAG PWD "a=candidate:1 1 UDP 2130706431 2001:db8::7 4000 typ host\r\n",
		  "8hhY asd88fgpdd777uzjYhagZg" },
		{ "nothing found yet", "", "IN IP4 0.0.0.0",
		  UFRAG PWD "a=candidate:1 1 udp 2113937151 0f4a6c2e-87d1.local 51234 typ host\r\n",
		  "8hhY asd88fgpdd777uzjYhagZg" },
		{ "no candidates: they come later", "", "IN IP4 192.0.2.7", UFRAG PWD, "8hhY asd88fgpdd777uzjYhagZg" },
		{ "a name that no candidate has", "", "IN IP4 phone.example.com", UFRAG PWD LOW,
		  "8hhY asd88fgpdd777uzjYhagZg" },
		{ "of RTCP alone", "", "IN IP4 192.0.2.7",
		  UFRAG PWD "a=candidate:1 2 UDP 1 192.0.2.7 4001 typ host\r\n", "8hhY asd88fgpdd777uzjYhagZg" },
		{ "no password", "", "IN IP4 192.0.2.7", UFRAG LOW, NULL },
		{ "no name", "", "IN IP4 192.0.2.7", PWD LOW, NULL },
		{ "too short a name", "", "IN IP4 192.0.2.7", "a=ice-ufrag:8hh\r\n" PWD, NULL },
		{ "too short a password", "", "IN IP4 192.0.2.7", UFRAG "a=ice-pwd:asd88fgpdd777uzjYhagZ\r\n", NULL },
		{ "what may not be in it", "", "IN IP4 192.0.2.7", "a=ice-ufrag:8h:Y\r\n" PWD, NULL },
		{ "nothing of it", "", "IN IP4 192.0.2.7", "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[1024], read[128] = "";
		struct span guarded;
		struct sdp s;
		struct sdp_ice ice;

		snprintf(text, sizeof(text),
			 "v=0\r\no=- 1 1 IN IP4 x\r\ns=-\r\nt=0 0\r\n%sm=audio 4000 RTP/AVP 0\r\nc=%s\r\n%s",
			 cases[i].session, cases[i].connection, cases[i].media);
		guarded = guard_span(span_str(text));
		assert_int_equal(sdp_index(guarded, &s), SDP_OK);
		if (sdp_ice_read(&s, 0, &ice))
			snprintf(read, sizeof(read), "%.*s %.*s%s%s", SPAN_ARG(ice.ufrag), SPAN_ARG(ice.pwd),
				 ice.lite ? " lite" : "", ice.mismatch ? " mismatch" : "");
		if (strcmp(read, cases[i].read ? cases[i].read : "") != 0)
			fail_msg("%s: %s", cases[i].shows, read);
		guard_free(guarded);
	}
}

static void credentials_are_limited(void **state)
{
	(void)state;
	for (unsigned n = SDP_ICE_TEXT_MAX; n <= SDP_ICE_TEXT_MAX + 1; n++) {
		char text[1024];
		struct sdp s;
		struct sdp_ice ice;

		snprintf(text, sizeof(text),
			 "v=0\r\no=- 1 1 IN IP4 x\r\ns=-\r\nt=0 0\r\n" PWD
			 "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 192.0.2.7\r\n"
			 "a=ice-ufrag:%0*d\r\n",
			 (int)n, 7);
		assert_int_equal(sdp_index(span_str(text), &s), SDP_OK);
		assert_int_equal(sdp_ice_read(&s, 0, &ice), n <= SDP_ICE_TEXT_MAX);
	}
}

static void candidates(void **state)
{
	static const struct {
		struct span text;
		int result;
		unsigned component;
		bool udp;
		const char *addr;
	} cases[] = {
		{ SPAN("1 1 UDP 2130706431 192.0.2.7 4000 typ host"), 0, 1, true, "192.0.2.7:4000" },
		{ SPAN("a+/9 2 udp 0 2001:db8::7 65535 typ host generation 0"), 0, 2, true, "[2001:db8::7]:65535" },
		{ SPAN("1 1 TCP 2105458943 192.0.2.7 9 typ host tcptype active"), 0, 1, false, "192.0.2.7:9" },
		{ SPAN("1 1 UDP 1 ::ffff:192.0.2.7 4000 typ host"), 0, 1, true, "192.0.2.7:4000" },
		{ SPAN("1 1 UDP 1 x.local 4000 typ host"), 0, 1, true, "(none)" },
		{ SPAN("1 0 UDP 1 192.0.2.7 4000 typ host"), -1, 0, false, NULL },
		{ SPAN("1 257 UDP 1 192.0.2.7 4000 typ host"), -1, 0, false, NULL },
		{ SPAN("1 1 UDP 4294967296 192.0.2.7 4000 typ host"), -1, 0, false, NULL },
		{ SPAN("1 1 UDP 1 192.0.2.7 65536 typ host"), -1, 0, false, NULL },
		{ SPAN("1 1 UDP 1 192.0.2.7 4000"), -1, 0, false, NULL },
		{ SPAN("1 1 UDP 1 192.0.2.7"), -1, 0, false, NULL },
		{ SPAN("1 1"), -1, 0, false, NULL },
		{ SPAN(""), -1, 0, false, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span text = guard_span(cases[i].text);
		struct sdp_candidate c;
		char buf[ADDR_TEXT_MAX];

		if (sdp_candidate_parse(text, &c) != cases[i].result)
			fail_msg("%s", cases[i].text.p);
		if (cases[i].result == 0 && (c.component != cases[i].component || c.udp != cases[i].udp ||
					     strcmp(addr_text(&c.addr, buf), cases[i].addr) != 0))
			fail_msg("%s: %u %d %s", cases[i].text.p, c.component, c.udp, buf);
		guard_free(text);
	}
}

static void ours_are_two_candidates_or_one(void **state)
{
	struct sdp_ice_ours ours = { .ufrag = SPAN("8hhY"), .pwd = SPAN("asd88fgpdd777uzjYhagZg") };
	char buf[1024];
	struct writer w = writer_over(buf, sizeof(buf));

	(void)state;
	assert_int_equal(addr_parse(SPAN("203.0.113.1:20000"), 0, &ours.rtp), 0);
	assert_int_equal(addr_parse(SPAN("203.0.113.1:20001"), 0, &ours.rtcp), 0);
	sdp_ice_write(&w, &ours);
	assert_true(
		span_eq(writer_done(&w), SPAN(UFRAG PWD "a=ice-options:ice2\r\n"
							"a=candidate:1 1 UDP 2130706431 203.0.113.1 20000 typ host\r\n"
							"a=candidate:1 2 UDP 2130706430 203.0.113.1 20001 typ host\r\n"
							"a=end-of-candidates\r\n")));
	w = writer_over(buf, sizeof(buf));
	assert_int_equal(addr_parse(SPAN("[2001:db8::1]:20000"), 0, &ours.rtp), 0);
	ours.rtcp = (struct addr){ 0 };
	sdp_ice_write(&w, &ours);
	assert_true(
		span_eq(writer_done(&w), SPAN(UFRAG PWD "a=ice-options:ice2\r\n"
							"a=candidate:1 1 UDP 2130706431 2001:db8::1 20000 typ host\r\n"
							"a=end-of-candidates\r\n")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(descriptions),
		cmocka_unit_test(credentials_are_limited),
		cmocka_unit_test(candidates),
		cmocka_unit_test(ours_are_two_candidates_or_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/formats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

#define HEAD  "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
#define OTHER "v=0\r\no=- 8 9 IN IP4 203.0.113.7\r\ns=x\r\nc=IN IP4 203.0.113.7\r\nt=0 0\r\n"
#define EVENT "a=rtpmap:101 telephone-event/8000\r\n"

static const struct formats_case {
	const char *name;
	struct span a, b;
	bool same, all_taken, within;
} cases[] = {
	{ "another address and port", SPAN(HEAD "m=audio 4 RTP/AVP 8 101\r\n" EVENT),
	  SPAN(OTHER "m=audio 6 RTP/AVP 8 101\r\n" EVENT), true, true, true },
	{ "another order", SPAN(HEAD "m=audio 4 RTP/AVP 8 0\r\n"), SPAN(HEAD "m=audio 4 RTP/AVP 0 8\r\n"), true, true,
	  true },
	{ "one of two", SPAN(HEAD "m=audio 4 RTP/AVP 8 0\r\n"), SPAN(HEAD "m=audio 4 RTP/AVP 8\r\n"), false, false,
	  false },
	{ "one more", SPAN(HEAD "m=audio 4 RTP/AVP 8\r\n"), SPAN(HEAD "m=audio 4 RTP/AVP 8 0\r\n"), false, true, true },
	{ "a number that begins another", SPAN(HEAD "m=audio 4 RTP/AVP 1\r\n"),
	  SPAN(HEAD "m=audio 4 RTP/AVP 18 11\r\n"), false, false, false },
	{ "the number means something else", SPAN(HEAD "m=audio 4 RTP/AVP 101\r\n" EVENT),
	  SPAN(HEAD "m=audio 4 RTP/AVP 101\r\na=rtpmap:101 opus/48000/2\r\n"), false, false, false },
	{ "another clock", SPAN(HEAD "m=audio 4 RTP/AVP 101\r\n" EVENT),
	  SPAN(HEAD "m=audio 4 RTP/AVP 101\r\na=rtpmap:101 telephone-event/16000\r\n"), false, false, false },
	{ "a dynamic number that nothing explains", SPAN(HEAD "m=audio 4 RTP/AVP 101\r\n" EVENT),
	  SPAN(HEAD "m=audio 4 RTP/AVP 101\r\n"), false, false, false },
	{ "a static number needs no line, names have no case",
	  SPAN(HEAD "m=audio 4 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n" EVENT),
	  SPAN(HEAD "m=audio 4 RTP/AVP 8 101\r\na=rtpmap:101 Telephone-Event/8000\r\n"), true, true, true },
	{ "hold, answered as it must be", SPAN(HEAD "m=audio 4 RTP/AVP 8\r\na=sendonly\r\n"),
	  SPAN(HEAD "m=audio 4 RTP/AVP 8\r\na=recvonly\r\n"), false, true, true },
	{ "hold on both sides", SPAN(HEAD "m=audio 4 RTP/AVP 8\r\na=sendonly\r\n"),
	  SPAN(HEAD "m=audio 4 RTP/AVP 8\r\na=sendonly\r\n"), true, false, true },
	{ "answered with hold", SPAN(HEAD "m=audio 4 RTP/AVP 8\r\n"),
	  SPAN(HEAD "m=audio 4 RTP/AVP 8\r\na=sendonly\r\n"), false, false, true },
	{ "stream refused", SPAN(HEAD "m=audio 4 RTP/AVP 8\r\n"), SPAN(HEAD "m=audio 0 RTP/AVP 8\r\n"), false, false,
	  false },
	{ "stream missing", SPAN(HEAD "m=audio 4 RTP/AVP 8\r\nm=video 6 RTP/AVP 34\r\n"),
	  SPAN(HEAD "m=audio 4 RTP/AVP 8\r\n"), false, false, false },
	{ "stream refused by both, whatever it was", SPAN(HEAD "m=audio 4 RTP/AVP 8\r\nm=video 0 RTP/AVP 34\r\n"),
	  SPAN(HEAD "m=audio 4 RTP/AVP 8\r\nm=video 0 RTP/AVP 97\r\n"), true, true, true },
	{ "another kind of stream", SPAN(HEAD "m=audio 4 RTP/AVP 8\r\n"), SPAN(HEAD "m=video 4 RTP/AVP 8\r\n"), false,
	  false, false },
	{ "another profile", SPAN(HEAD "m=audio 4 RTP/AVP 8\r\n"), SPAN(HEAD "m=audio 4 RTP/SAVP 8\r\n"), false, false,
	  false },
	{ "a fax is a fax", SPAN(HEAD "m=image 4 udptl t38\r\n"), SPAN(HEAD "m=image 6 udptl t38\r\n"), true, true,
	  true },
	{ "no description", SPAN("v=1"), SPAN(HEAD "m=audio 4 RTP/AVP 8\r\n"), false, false, false },
	{ "no description back", SPAN(HEAD "m=audio 4 RTP/AVP 8\r\n"), SPAN(""), false, false, false },
	{ "no m= line", SPAN(HEAD "m=audio\r\n"), SPAN(HEAD "m=audio\r\n"), false, false, false },
};

static void what_two_descriptions_may_carry_is_compared(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct formats_case *c = &cases[i];
		struct span a = guard_span(c->a), b = guard_span(c->b);

		if (formats_same(a, b) != c->same || formats_all_taken(a, b) != c->all_taken ||
		    formats_within(a, b) != c->within)
			fail_msg("%s", c->name);
		guard_free(a);
		guard_free(b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_two_descriptions_may_carry_is_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

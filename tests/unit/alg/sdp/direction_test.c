/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/direction.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

#define HEAD  "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"
#define AUDIO "m=audio 4 RTP/AVP 0\r\n"

static const struct direction_case {
	struct span text;
	enum sdp_direction direction;
	bool hold;
} cases[] = {
	{ SPAN(HEAD AUDIO), SDP_SENDRECV, false },
	{ SPAN(HEAD AUDIO "a=sendrecv\r\n"), SDP_SENDRECV, false },
	{ SPAN(HEAD AUDIO "a=sendonly\r\n"), SDP_SENDONLY, true },
	{ SPAN(HEAD AUDIO "a=recvonly\r\n"), SDP_RECVONLY, false },
	{ SPAN(HEAD AUDIO "a=inactive \r\n"), SDP_INACTIVE, true },
	{ SPAN(HEAD AUDIO "a=sendonly:x\r\n"), SDP_SENDRECV, false },
	{ SPAN(HEAD "a=sendonly\r\n" AUDIO), SDP_SENDONLY, true },
	{ SPAN(HEAD "a=sendonly\r\n" AUDIO "a=sendrecv\r\n"), SDP_SENDRECV, false },
	{ SPAN(HEAD AUDIO "m=video 6 RTP/AVP 96\r\na=inactive\r\n"), SDP_SENDRECV, false },
	{ SPAN(HEAD AUDIO "c=IN IP4 0.0.0.0\r\n"), SDP_SENDRECV, true },
	{ SPAN(HEAD "c=IN IP4 0.0.0.0\r\n" AUDIO), SDP_SENDRECV, true },
	{ SPAN(HEAD "c=IN IP6 ::\r\n" AUDIO), SDP_SENDRECV, true },
	{ SPAN(HEAD "c=IN IP4 0.0.0.0\r\n" AUDIO "c=IN IP4 192.0.2.1\r\n"), SDP_SENDRECV, false },
	{ SPAN(HEAD "c=IN IP4 phone.example.com\r\n" AUDIO), SDP_SENDRECV, false },
};

static void direction_and_hold_of_the_first_stream(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span text = guard_span(cases[i].text);
		struct sdp s;

		assert_int_equal(sdp_index(text, &s), SDP_OK);
		if (sdp_direction(&s, 0) != cases[i].direction || sdp_is_hold(&s, 0) != cases[i].hold)
			fail_msg("%s", cases[i].text.p);
		guard_free(text);
	}
}

static void directions_have_the_names_of_the_attributes(void **state)
{
	(void)state;
	assert_string_equal(sdp_direction_name(SDP_SENDRECV), "sendrecv");
	assert_string_equal(sdp_direction_name(SDP_SENDONLY), "sendonly");
	assert_string_equal(sdp_direction_name(SDP_RECVONLY), "recvonly");
	assert_string_equal(sdp_direction_name(SDP_INACTIVE), "inactive");
}

static const struct answer_case {
	struct span ours, offer, expected;
} answers[] = {
	{ SPAN(HEAD AUDIO), SPAN(HEAD AUDIO), SPAN(HEAD AUDIO "a=sendrecv\r\n") },
	{ SPAN(HEAD AUDIO "a=sendrecv\r\na=ptime:20\r\n"), SPAN(HEAD AUDIO "a=sendonly\r\n"),
	  SPAN(HEAD AUDIO "a=ptime:20\r\na=recvonly\r\n") },
	{ SPAN(HEAD "a=sendrecv\r\n" AUDIO), SPAN(HEAD AUDIO "a=recvonly\r\n"), SPAN(HEAD AUDIO "a=sendonly\r\n") },
	{ SPAN(HEAD AUDIO "a=sendonly\r\n"), SPAN(HEAD AUDIO "a=sendonly\r\n"), SPAN(HEAD AUDIO "a=inactive\r\n") },
	{ SPAN(HEAD AUDIO "a=sendonly\r\n"), SPAN(HEAD AUDIO "a=recvonly\r\n"), SPAN(HEAD AUDIO "a=sendonly\r\n") },
	{ SPAN(HEAD AUDIO "m=audio 6 RTP/AVP 0\r\n"), SPAN(HEAD AUDIO "a=inactive\r\n"),
	  SPAN(HEAD AUDIO "a=inactive\r\nm=audio 6 RTP/AVP 0\r\na=sendrecv\r\n") },
	{ SPAN("v=0\no=- 1 2 IN IP4 192.0.2.1\ns=-\nt=0 0\nm=audio 4 RTP/AVP 0"), SPAN(HEAD AUDIO),
	  SPAN(HEAD AUDIO "a=sendrecv\r\n") },
};

static void an_answer_goes_the_ways_that_both_have_left(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct span ours = guard_span(answers[i].ours);
		char text[512];
		struct writer w = writer_over(text, sizeof(text));
		struct sdp s, offer;

		assert_int_equal(sdp_index(ours, &s), SDP_OK);
		assert_int_equal(sdp_index(answers[i].offer, &offer), SDP_OK);
		sdp_answer_directions(&s, &offer, &w);
		if (w.failed || !span_eq(writer_done(&w), answers[i].expected))
			fail_msg("%u: %.*s", i, SPAN_ARG(writer_done(&w)));
		guard_free(ours);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(direction_and_hold_of_the_first_stream),
		cmocka_unit_test(an_answer_goes_the_ways_that_both_have_left),
		cmocka_unit_test(directions_have_the_names_of_the_attributes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

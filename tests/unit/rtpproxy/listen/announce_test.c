/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/listen/announce.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sdp/sdp.h"

#define FORMATS "0\r\na=rtpmap:0 PCMU/8000\r\n"

static void what_each_line_becomes(void **state)
{
	static const struct {
		struct announce_line line;
		const char *written;
	} cases[] = {
		{ { "audio", "RTP/AVP", SPAN(FORMATS), SDP_SENDONLY, { 0 }, 0 },
		  "m=audio 9 RTP/AVP " FORMATS "a=sendonly\r\n" },
		{ { "video", "UDP/TLS/RTP/SAVPF", SPAN(FORMATS), SDP_RECVONLY, SPAN("v"), 0 },
		  "m=video 9 UDP/TLS/RTP/SAVPF " FORMATS "a=mid:v\r\na=recvonly\r\n" },
		{ { "audio", "RTP/SAVP", SPAN(FORMATS), SDP_INACTIVE, { 0 }, 2 },
		  "m=audio 9 RTP/SAVP " FORMATS "a=label:2\r\na=inactive\r\n" },
		{ { "audio", "RTP/AVP", { 0 }, SDP_SENDONLY, SPAN("v"), 3 }, "m=audio 0 RTP/AVP 0\r\n" },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[1024];
		struct writer w = writer_over(text, sizeof(text));
		struct addr host;
		struct span out;
		struct sdp sdp;

		assert_int_equal(addr_parse(i % 2 ? SPAN("2001:db8::1") : SPAN("192.0.2.1"), 0, &host), 0);
		announce_write(&w, &host, &cases[i].line, 1);
		out = writer_done(&w);
		assert_int_equal(sdp_index(out, &sdp), SDP_OK);
		assert_true(span_search(out, i % 2 ? SPAN("\r\nc=IN IP6 2001:db8::1\r\nt=0 0\r\n")
						   : SPAN("\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n")) < out.n);
		if (!span_eq(span_from(out, span_search(out, SPAN("m="))), span_str(cases[i].written)))
			fail_msg("%u: %.*s", i, SPAN_ARG(out));
	}
}

static void what_has_no_room_fails(void **state)
{
	const struct announce_line line = { "audio", "RTP/AVP", SPAN(FORMATS), SDP_SENDONLY, { 0 }, 0 };
	char text[64];
	struct writer w = writer_over(text, sizeof(text));
	const struct addr host = { .family = ADDR_V4 };

	(void)state;
	announce_write(&w, &host, &line, 1);
	assert_true(w.failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_each_line_becomes),
		cmocka_unit_test(what_has_no_room_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/media.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

static const struct parse_case {
	struct span text;
	int result;
	const char *type;
	unsigned port, nports;
	enum sdp_proto proto;
	const char *formats;
} cases[] = {
	{ SPAN("audio 49170 RTP/AVP 0 8 101"), 0, "audio", 49170, 1, SDP_RTP_AVP, "0 8 101" },
	{ SPAN("audio 49170/2 RTP/AVP 0"), 0, "audio", 49170, 2, SDP_RTP_AVP, "0" },
	{ SPAN("video 65535 RTP/SAVP 96 "), 0, "video", 65535, 1, SDP_RTP_SAVP, "96" },
	{ SPAN("audio 9 rtp/avpf 0"), 0, "audio", 9, 1, SDP_RTP_AVPF, "0" },
	{ SPAN("audio 9 RTP/SAVPF 0"), 0, "audio", 9, 1, SDP_RTP_SAVPF, "0" },
	{ SPAN("audio 9 UDP/TLS/RTP/SAVP 111"), 0, "audio", 9, 1, SDP_DTLS_SAVP, "111" },
	{ SPAN("audio 9 UDP/TLS/RTP/SAVPF 111"), 0, "audio", 9, 1, SDP_DTLS_SAVPF, "111" },
	{ SPAN("image 4000 udptl t38"), 0, "image", 4000, 1, SDP_UDPTL, "t38" },
	{ SPAN("message 2855 TCP/MSRP *"), 0, "message", 2855, 1, SDP_PROTO_OTHER, "*" },
	{ SPAN("audio  0  RTP/AVP  0"), 0, "audio", 0, 1, SDP_RTP_AVP, "0" },
	{ SPAN("video 0 RTP/AVP"), 0, "video", 0, 1, SDP_RTP_AVP, "" },
	{ SPAN("video 4 RTP/AVP"), -1, NULL, 0, 0, 0, NULL },
	{ SPAN("audio 0"), -1, NULL, 0, 0, 0, NULL },
	{ SPAN(""), -1, NULL, 0, 0, 0, NULL },
	{ SPAN("audio"), -1, NULL, 0, 0, 0, NULL },
	{ SPAN("audio 65536 RTP/AVP 0"), -1, NULL, 0, 0, 0, NULL },
	{ SPAN("audio 18446744073709551617 RTP/AVP 0"), -1, NULL, 0, 0, 0, NULL },
	{ SPAN("audio -1 RTP/AVP 0"), -1, NULL, 0, 0, 0, NULL },
	{ SPAN("audio 4/0 RTP/AVP 0"), -1, NULL, 0, 0, 0, NULL },
	{ SPAN("audio 4/ RTP/AVP 0"), -1, NULL, 0, 0, 0, NULL },
	{ SPAN("audio 4/4294967297 RTP/AVP 0"), -1, NULL, 0, 0, 0, NULL },
	{ SPAN("audio 4x RTP/AVP 0"), -1, NULL, 0, 0, 0, NULL },
};

static void parse_gives_the_fields(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span text = guard_span(cases[i].text);
		struct sdp_media m;

		if (sdp_media_parse(text, &m) != cases[i].result)
			fail_msg("%s", cases[i].text.p);
		if (cases[i].result == 0) {
			assert_true(span_eq(m.type, span_str(cases[i].type)));
			assert_int_equal(m.port, cases[i].port);
			assert_int_equal(m.nports, cases[i].nports);
			assert_int_equal(m.proto, cases[i].proto);
			assert_true(span_eq(m.formats, span_str(cases[i].formats)));
		}
		guard_free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(parse_gives_the_fields) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

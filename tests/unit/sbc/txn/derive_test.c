/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sbc/txn/derive.h"
#include "tests/unit/guard.h"

#define INVITE                                                                                                         \
	"INVITE sip:bob@203.0.113.9;line=1 SIP/2.0\r\n"                                                                \
	"Via: SIP/2.0/UDP 198.51.100.5:5060;branch=z9hG4bKq;rport\r\n"                                                 \
	"Route: <sip:p1.example.net;lr>\r\n"                                                                           \
	"Max-Forwards: 12\r\n"                                                                                         \
	"From: \"A\" <sip:alice@example.com>;tag=f\r\n"                                                                \
	"To: <sip:bob@example.net>\r\n"                                                                                \
	"Call-ID: c1\r\n"                                                                                              \
	"CSeq: 2147483647 INVITE\r\n"                                                                                  \
	"Route: <sip:p2.example.net;lr>, <sip:p3.example.net;lr>\r\n"                                                  \
	"Contact: <sip:x@198.51.100.5>\r\n"                                                                            \
	"Require: timer\r\n"                                                                                           \
	"Content-Type: application/sdp\r\n"                                                                            \
	"Content-Length: 5\r\n"                                                                                        \
	"\r\n"                                                                                                         \
	"v=0\r\n"

/* What both have in common: all of it is copied (RFC 3261 9.1, 17.1.1.3). */
#define COMMON_VIA                                                                                                     \
	" sip:bob@203.0.113.9;line=1 SIP/2.0\r\n"                                                                      \
	"Via: SIP/2.0/UDP 198.51.100.5:5060;branch=z9hG4bKq;rport\r\n"                                                 \
	"Route: <sip:p1.example.net;lr>\r\n"                                                                           \
	"Route: <sip:p2.example.net;lr>, <sip:p3.example.net;lr>\r\n"                                                  \
	"Max-Forwards: 70\r\n"                                                                                         \
	"From: \"A\" <sip:alice@example.com>;tag=f\r\n"

static void derived_texts(void **state)
{
	static const struct {
		const char *method, *to, *lines, *expected;
	} cases[] = {
		{ "ACK", "<sip:bob@example.net>;tag=t", NULL,
		  "ACK" COMMON_VIA "To: <sip:bob@example.net>;tag=t\r\nCall-ID: c1\r\nCSeq: 2147483647 ACK\r\n"
		  "Content-Length: 0\r\n\r\n" },
		{ "CANCEL", "<sip:bob@example.net>", "Reason: SIP;cause=200\r\n",
		  "CANCEL" COMMON_VIA "To: <sip:bob@example.net>\r\nCall-ID: c1\r\nCSeq: 2147483647 CANCEL\r\n"
		  "Reason: SIP;cause=200\r\nContent-Length: 0\r\n\r\n" },
	};
	struct span text = guard_span(SPAN(INVITE));
	struct sip_msg m;

	(void)state;
	assert_int_equal(sip_msg_index(text, &m), SIP_OK);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char out[2048];
		struct writer w = writer_over(out, sizeof(out) - 1);

		derive_write(&w, &m, span_str(cases[i].method), span_str(cases[i].to), span_str(cases[i].lines));
		out[w.n] = '\0';
		assert_string_equal(out, cases[i].expected);
	}
	guard_free(text);
}

static void only_the_top_via_goes_along(void **state)
{
	struct sip_msg m;
	char out[1024];
	struct writer w = writer_over(out, sizeof(out) - 1);

	(void)state;
	assert_int_equal(
		sip_msg_index(SPAN("INVITE sip:b@c SIP/2.0\r\nv: SIP/2.0/UDP a;branch=z9hG4bK1, SIP/2.0/UDP b\r\n"
				   "v: SIP/2.0/UDP c\r\nf: <sip:a@b>;tag=1\r\nt: <sip:b@c>\r\ni: 1\r\n"
				   "CSeq: 7 INVITE\r\n\r\n"),
			      &m),
		SIP_OK);
	derive_write(&w, &m, SPAN("CANCEL"), SPAN("<sip:b@c>"), (struct span){ 0 });
	out[w.n] = '\0';
	assert_string_equal(out, "CANCEL sip:b@c SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n"
				 "From: <sip:a@b>;tag=1\r\nTo: <sip:b@c>\r\nCall-ID: 1\r\nCSeq: 7 CANCEL\r\n"
				 "Content-Length: 0\r\n\r\n");
}

static void without_room_the_writer_fails(void **state)
{
	struct sip_msg m;
	char out[64];
	struct writer w = writer_over(out, sizeof(out));

	(void)state;
	assert_int_equal(sip_msg_index(SPAN(INVITE), &m), SIP_OK);
	derive_write(&w, &m, SPAN("ACK"), SPAN("<sip:b@c>"), (struct span){ 0 });
	assert_true(w.failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(derived_texts),
		cmocka_unit_test(only_the_top_via_goes_along),
		cmocka_unit_test(without_room_the_writer_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

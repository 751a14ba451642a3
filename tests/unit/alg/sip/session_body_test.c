/* SPDX-License-Identifier: BSD-3-Clause */
/* Where the session description is in a body. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "alg/sip/session_body.h"
#include "tests/unit/guard.h"

#define START "INVITE sip:a@b SIP/2.0\r\n"
#define MIXED "Content-Type: multipart/mixed;boundary=b1\r\n"
#define SDP   "--b1\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n"
#define ISUP  "--b1\r\nContent-Type: application/isup;version=itu-t92+\r\n\r\n\1\0\x49\r\n"
#define END   "--b1--\r\n"

static void kinds(void **state)
{
	static const struct {
		const char *shows, *headers;
		struct span body;
		enum session_body expected;
	} cases[] = {
		{ "no body", "", SPAN(""), SESSION_BODY_NONE },
		{ "sdp", "c: application/sdp\r\n", SPAN("v=0\r\n"), SESSION_BODY_WHOLE },
		{ "for the session", "c: application/sdp\r\nContent-Disposition: Session;handling=optional\r\n",
		  SPAN("v=0\r\n"), SESSION_BODY_WHOLE },
		{ "for early media only", "c: application/sdp\r\nContent-Disposition: early-session\r\n",
		  SPAN("v=0\r\n"), SESSION_BODY_SHUT },
		{ "compressed", "c: application/sdp\r\ne: gzip\r\n", SPAN("\x1f\x8b"), SESSION_BODY_SHUT },
		{ "not compressed", "c: application/sdp\r\ne: Identity\r\n", SPAN("v=0\r\n"), SESSION_BODY_WHOLE },
		{ "something else, compressed", "c: application/isup\r\ne: gzip\r\n", SPAN("\x1f\x8b"),
		  SESSION_BODY_NONE },
		{ "isup", "c: application/ISUP\r\n", SPAN("\1\0\x49"), SESSION_BODY_NONE },
		{ "no type", "", SPAN("v=0\r\n"), SESSION_BODY_NONE },
		{ "encrypted", "c: application/pkcs7-mime;smime-type=enveloped-data\r\n", SPAN("0"),
		  SESSION_BODY_SHUT },
		{ "signed", "c: multipart/signed;boundary=b1\r\n", SPAN(SDP ISUP END), SESSION_BODY_SHUT },
		{ "a part", MIXED, SPAN(ISUP SDP END), SESSION_BODY_PART },
		{ "a part of related ones", "c: multipart/related;boundary=b1\r\n", SPAN(SDP ISUP END),
		  SESSION_BODY_PART },
		{ "no part", MIXED, SPAN(ISUP END), SESSION_BODY_NONE },
		{ "two parts", MIXED, SPAN(SDP SDP END), SESSION_BODY_SHUT },
		{ "parts of parts", MIXED, SPAN(SDP "--b1\r\nContent-Type: multipart/alternative\r\n\r\nx\r\n" END),
		  SESSION_BODY_SHUT },
		{ "an encrypted part", MIXED, SPAN(SDP "--b1\r\nContent-Type: application/pkcs7-mime\r\n\r\nx\r\n" END),
		  SESSION_BODY_SHUT },
		{ "a part for early media", MIXED,
		  SPAN("--b1\r\nContent-Disposition: early-session\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n"
		       "\r\n" END),
		  SESSION_BODY_SHUT },
		{ "a part in base64", MIXED,
		  SPAN("--b1\r\nContent-Transfer-Encoding: base64\r\nContent-Type: "
		       "application/sdp\r\n\r\ndj0w\r\n" END),
		  SESSION_BODY_SHUT },
		{ "a part in binary", MIXED,
		  SPAN("--b1\r\nContent-Transfer-Encoding: binary\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n" END),
		  SESSION_BODY_PART },
		{ "an empty part", MIXED, SPAN("--b1\r\nContent-Type: application/sdp\r\n\r\n\r\n" END),
		  SESSION_BODY_SHUT },
		{ "no end", MIXED, SPAN(SDP), SESSION_BODY_SHUT },
		{ "no boundary", "c: multipart/mixed\r\n", SPAN(SDP END), SESSION_BODY_SHUT },
	};
	char text[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct writer w = writer_over(text, sizeof(text));
		struct multipart_part part;
		struct span guarded;
		struct sip_msg m;

		writer_str(&w, START);
		writer_str(&w, cases[i].headers);
		writer_str(&w, "\r\n");
		writer_put(&w, cases[i].body);
		guarded = guard_span(writer_done(&w));
		assert_int_equal(sip_msg_index(guarded, &m), SIP_OK);
		for (unsigned asked = 0; asked < 2; asked++) {
			part = (struct multipart_part){ 0 };
			if (session_body_find(&m, &part) != cases[i].expected)
				fail_msg("%s: %d", cases[i].shows, session_body_find(&m, &part));
			if (cases[i].expected == SESSION_BODY_PART)
				assert_true(span_starts(part.content, SPAN("v=0")));
		}
		guard_free(guarded);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sbc/identity/hasher.h"

#define RFC3261                                                                                                        \
	"Digest username=\"bob\", realm=\"biloxi.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "                \
	"uri=\"sip:bob@biloxi.com\", nc=00000001, cnonce=\"0a4f113b\", response=\"\", "

/* What comes out of whole credentials, their response aside. */
static void responses(void **state)
{
	static const struct {
		const char *name, *method, *credentials, *password, *body;
		bool session;
		const char *expected;
	} cases[] = {
		{ "RFC 7616 3.9.2 with its erratum 4897: SHA-512-256", "GET",
		  "Digest username=\"J\xc3\xa4s\xc3\xb8n Doe\", realm=\"api@example.org\", uri=\"/doe.json\", "
		  "algorithm=SHA-512-256, nonce=\"5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK\", nc=00000001, "
		  "cnonce=\"NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v\", qop=auth, response=\"\"",
		  "Secret, or not?", "", false, "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5" },
		{ "qop auth", "INVITE", RFC3261 "qop=auth", "zanzibar", "v=0\r\n", false,
		  "89eb0059246c02b2f6ee02c7961d5ea3" },
		{ "qop auth-int: the body is in it", "INVITE", RFC3261 "qop=auth-int", "zanzibar", "v=0\r\n", false,
		  "77226bb823dc077c1ad3537415667bae" },
		{ "MD5-sess", "INVITE", RFC3261 "qop=auth", "zanzibar", "", true, "e4e4ea61d186d07a92c9e1f6919902e9" },
	};
	struct hasher hasher;

	(void)state;
	assert_int_equal(hasher_init(&hasher), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct digest_credentials c;
		struct hasher_hex ha1, session, got;

		print_message("%s\n", cases[i].name);
		assert_int_equal(digest_credentials_parse(span_str(cases[i].credentials), &c), 0);
		hasher_ha1(&hasher, &c, span_str(cases[i].password), &ha1);
		hasher_ha1_session(&hasher, &c, hasher_hex_span(&ha1), &session);
		hasher_response(&hasher, &c, hasher_hex_span(cases[i].session ? &session : &ha1),
				span_str(cases[i].method), span_str(cases[i].body), &got);
		if (!span_eq(hasher_hex_span(&got), span_str(cases[i].expected)))
			fail_msg("%.*s", SPAN_ARG(hasher_hex_span(&got)));
	}
	hasher_fini(&hasher);
}

static void nothing_is_made_from_nothing(void **state)
{
	struct digest_credentials c = { .algorithm = DIGEST_SHA256 };
	struct hasher hasher;
	struct hasher_hex got = { .n = 7 };

	(void)state;
	assert_int_equal(hasher_init(&hasher), 0);
	hasher_response(&hasher, &c, SPAN(""), SPAN("INVITE"), SPAN(""), &got);
	assert_int_equal(got.n, 0);
	hasher_fini(&hasher);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(responses),
		cmocka_unit_test(nothing_is_made_from_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/sip/digest.h"
#include "tests/unit/guard.h"

#define MANDATORY "username=\"u\", realm=\"r\", nonce=\"n\", uri=\"sip:x\", response=\"00\""

static void credentials_are_read(void **state)
{
	static const struct {
		const char *in;
		struct digest_credentials expected;
	} cases[] = {
		{ "Digest username=\"bob\", realm=\"example.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
		  "uri=\"sip:bob@example.com\", qop=auth, nc=00000001, cnonce=\"0a4f113b\", "
		  "response=\"6629fae49393a05397450978507c4ef1\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
		  { .username = SPAN("bob"),
		    .realm = SPAN("example.com"),
		    .nonce = SPAN("dcd98b7102dd2f0e8b11d0f600bfb0c093"),
		    .uri = SPAN("sip:bob@example.com"),
		    .response = SPAN("6629fae49393a05397450978507c4ef1"),
		    .cnonce = SPAN("0a4f113b"),
		    .opaque = SPAN("5ccc069c403ebaf9f0171e9517f40e41"),
		    .qop = SPAN("auth"),
		    .nc = SPAN("00000001"),
		    .algorithm = DIGEST_MD5 } },
		/* Any case, any blanks, folded lines, quoted qop, empty elements. */
		{ "dIGEST\r\n\tUserName = \"a\\\"b, c\" ,REALM=\"\"\r\n ,, nonce=\"n\",uri=\"sip:[2001:db8::1]\",\r\n "
		  "response=\"f\", Qop=\"auth\", algorithm=sha-256,",
		  { .username = SPAN("a\\\"b, c"),
		    .realm = SPAN(""),
		    .nonce = SPAN("n"),
		    .uri = SPAN("sip:[2001:db8::1]"),
		    .response = SPAN("f"),
		    .qop = SPAN("auth"),
		    .algorithm_name = SPAN("sha-256"),
		    .algorithm = DIGEST_SHA256 } },
		/* Forgotten quotes. */
		{ "Digest username=u, realm=r, nonce=bm9uY2U==, uri=sip:u@h;transport=tcp, response=0, "
		  "algorithm=\"MD5\"",
		  { .username = SPAN("u"),
		    .realm = SPAN("r"),
		    .nonce = SPAN("bm9uY2U=="),
		    .uri = SPAN("sip:u@h;transport=tcp"),
		    .response = SPAN("0"),
		    .algorithm_name = SPAN("MD5"),
		    .algorithm = DIGEST_MD5 } },
		/* Unknown parameters are passed over, unknown algorithms told. */
		{ "Digest " MANDATORY ", algorithm=MD5-sess, auts=\"x\", username*=UTF-8''J",
		  { .username = SPAN("u"),
		    .realm = SPAN("r"),
		    .nonce = SPAN("n"),
		    .uri = SPAN("sip:x"),
		    .response = SPAN("00"),
		    .algorithm_name = SPAN("MD5-sess"),
		    .algorithm = DIGEST_UNKNOWN } },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct digest_credentials *e = &cases[i].expected;
		struct span in = guard_span(span_str(cases[i].in));
		struct digest_credentials c;

		if (digest_credentials_parse(in, &c))
			fail_msg("case %zu does not parse", i);
		if (!span_eq(c.username, e->username) || !span_eq(c.realm, e->realm) || !span_eq(c.nonce, e->nonce) ||
		    !span_eq(c.uri, e->uri) || !span_eq(c.response, e->response) || !span_eq(c.cnonce, e->cnonce) ||
		    !span_eq(c.opaque, e->opaque) || !span_eq(c.qop, e->qop) || !span_eq(c.nc, e->nc) ||
		    !span_eq(c.algorithm_name, e->algorithm_name) || c.algorithm != e->algorithm)
			fail_msg("case %zu", i);
		if (span_is_set(c.cnonce) != span_is_set(e->cnonce) || span_is_set(c.qop) != span_is_set(e->qop) ||
		    span_is_set(c.algorithm_name) != span_is_set(e->algorithm_name))
			fail_msg("case %zu: absent and empty", i);
		guard_free(in);
	}
}

static void bad_credentials_are_refused(void **state)
{
	static const char *const cases[] = {
		"",
		" ",
		"Digest",
		"Digest ",
		"Digest,",
		"Digestusername=\"u\"",
		"Basic dXNlcjpwYXNz",
		"NoOneKnowsThisScheme opaque-data=here",
		/* One mandatory part missing. */
		"Digest realm=\"r\", nonce=\"n\", uri=\"sip:x\", response=\"00\"",
		"Digest username=\"u\", nonce=\"n\", uri=\"sip:x\", response=\"00\"",
		"Digest username=\"u\", realm=\"r\", uri=\"sip:x\", response=\"00\"",
		"Digest username=\"u\", realm=\"r\", nonce=\"n\", response=\"00\"",
		"Digest username=\"u\", realm=\"r\", nonce=\"n\", uri=\"sip:x\"",
		/* Twice: the reader before us may have taken the other one. */
		"Digest " MANDATORY ", username=\"v\"",
		"Digest " MANDATORY ", Response=\"01\"",
		/* Malformed. */
		"Digest " MANDATORY ", opaque",
		"Digest " MANDATORY ", opaque=",
		"Digest " MANDATORY ", opaque=,qop=auth",
		"Digest " MANDATORY ", =x",
		"Digest " MANDATORY ", opaque=\"x",
		"Digest " MANDATORY ", opaque=\"x\\\"",
		"Digest " MANDATORY ", opaque=\"x\"y",
		"Digest " MANDATORY ", opaque=x\"y\"",
		"Digest " MANDATORY " opaque=\"x\"",
		"Digest " MANDATORY "; opaque=\"x\"",
		"Digest " MANDATORY ", Digest x=y",
		"Digest " MANDATORY ", algorithm=\"MD5, opaque\"",
		"Digest " MANDATORY ", algorithm=\"\"",
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i]));
		struct digest_credentials c = { .nc = SPAN("untouched") };

		if (digest_credentials_parse(in, &c) != -1)
			fail_msg("taken: %s", cases[i]);
		assert_true(span_eq(c.nc, SPAN("untouched")));
		guard_free(in);
	}
}

/* Every text that ends early is either refused or, where it ends between parameters, not yet complete. */
static void no_beginning_of_credentials_is_read_beyond(void **state)
{
	const struct span whole = SPAN("Digest nc=1, " MANDATORY);
	struct digest_credentials c;
	(void)state;

	for (uint32_t n = 0; n < whole.n; n++) {
		struct span in = guard_span(span_slice(whole, 0, n));

		if (digest_credentials_parse(in, &c) != -1)
			fail_msg("%u bytes are enough", n);
		guard_free(in);
	}
	assert_int_equal(digest_credentials_parse(whole, &c), 0);
}

/* in, and what is written from what was read; NULL: refused. */
static void challenges(void **state)
{
	static const struct {
		const char *in, *expected;
	} cases[] = {
		{ "Digest realm=\"example.com\", nonce=\"84f1\"",
		  "Digest realm=\"example.com\", nonce=\"84f1\", qop=\"auth\"" },
		{ "Digest realm=\"a\", domain=\"sip:a sip:b\", qop=\"auth,auth-int\", nonce=\"n\", opaque=\"\", "
		  "stale=FALSE, "
		  "algorithm=MD5",
		  "Digest realm=\"a\", nonce=\"n\", opaque=\"\", algorithm=MD5, qop=\"auth,auth-int\"" },
		{ "digest nonce=\"n\",realm=\"a \\\"b\\\"\",stale=TRUE,algorithm=SHA-256",
		  "Digest realm=\"a \\\"b\\\"\", nonce=\"n\", algorithm=SHA-256, qop=\"auth\", stale=true" },
		{ "Digest realm=\"a\", nonce=\"n\", stale=\"true\"",
		  "Digest realm=\"a\", nonce=\"n\", qop=\"auth\", stale=true" },
		{ "Digest realm=\"a\", nonce=\"n\", stale=truer", "Digest realm=\"a\", nonce=\"n\", qop=\"auth\"" },
		{ "Digest realm=\"a\", nonce=\"n\", algorithm=AKAv1-MD5",
		  "Digest realm=\"a\", nonce=\"n\", algorithm=AKAv1-MD5, qop=\"auth\"" },
		{ "Digest realm=\"a\"", NULL },
		{ "Digest nonce=\"n\"", NULL },
		{ "Digest realm=\"a\", nonce=\"n\", nonce=\"m\"", NULL },
		{ "Digest realm=\"a\", nonce=\"n\", algorithm=\"MD5\r\nX: y\"", NULL },
		{ "Basic realm=\"a\", nonce=\"n\"", NULL },
		{ "", NULL },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].in));
		struct digest_challenge c;
		char text[256];
		struct writer w = writer_over(text, sizeof(text));
		int rc = digest_challenge_parse(in, &c);

		if (rc != (cases[i].expected ? 0 : -1))
			fail_msg("%s: %d", cases[i].in, rc);
		if (rc == 0) {
			digest_challenge_write(&w, &c);
			if (!span_eq(writer_done(&w), span_str(cases[i].expected)))
				fail_msg("%.*s", SPAN_ARG(writer_done(&w)));
		}
		guard_free(in);
	}
}

static void our_own_challenge(void **state)
{
	struct digest_challenge c = { .realm = SPAN("lan"), .nonce = SPAN("n"), .algorithm = DIGEST_SHA256 };
	char text[128];
	struct writer w = writer_over(text, sizeof(text)), small = writer_over(text, 20);
	(void)state;

	digest_challenge_write(&w, &c);
	assert_true(
		span_eq(writer_done(&w), SPAN("Digest realm=\"lan\", nonce=\"n\", algorithm=SHA-256, qop=\"auth\"")));
	digest_challenge_write(&small, &c);
	assert_true(small.failed);
}

/* What stands between '|' are the challenges of one value. */
static void challenges_in_one_value(void **state)
{
	static const struct {
		const char *in, *expected;
	} cases[] = {
		{ "", "" },
		{ " , ,", "" },
		{ "Digest realm=\"a\", nonce=\"n\"", "Digest realm=\"a\", nonce=\"n\"|" },
		{ "Digest realm=a, nonce=n, Digest realm=b,nonce=m",
		  "Digest realm=a, nonce=n|Digest realm=b,nonce=m|" },
		{ "Basic realm=\"x\", Digest realm = \"a, Digest b=\" , qop=\"auth,auth-int\",,NTLM",
		  "Basic realm=\"x\"|Digest realm = \"a, Digest b=\" , qop=\"auth,auth-int\",,NTLM|" },
		{ "NTLM abcd==, Digest realm=a", "NTLM abcd==|Digest realm=a|" },
		{ "Digest realm=\"a\\\", Digest b=\"", "Digest realm=\"a\\\", Digest b=\"|" },
		{ "Digest realm=\"open, Digest b=c", "Digest realm=\"open, Digest b=c|" },
		{ "Digest a=b, Digest ,c=d", "Digest a=b, Digest ,c=d|" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].in)), left = in, one;
		char text[256];
		struct writer w = writer_over(text, sizeof(text));

		while (span_is_set(one = digest_challenge_next(&left))) {
			writer_put(&w, one);
			writer_byte(&w, '|');
		}
		if (!span_eq(writer_done(&w), span_str(cases[i].expected)))
			fail_msg("%s: %.*s", cases[i].in, SPAN_ARG(writer_done(&w)));
		guard_free(in);
	}
}

static void how_challenges_are_answered(void **state)
{
	static const struct {
		const char *in;
		enum digest_algorithm algorithm;
		bool session;
		enum digest_qop qop;
		bool usable;
	} cases[] = {
		{ "Digest realm=a, nonce=n", DIGEST_MD5, false, DIGEST_QOP_NONE, true },
		{ "Digest realm=a, nonce=n, qop=auth", DIGEST_MD5, false, DIGEST_QOP_AUTH, true },
		{ "Digest realm=a, nonce=n, qop=\"auth-int, AUTH\"", DIGEST_MD5, false, DIGEST_QOP_AUTH, true },
		{ "Digest realm=a, nonce=n, qop=\"auth-int,x\"", DIGEST_MD5, false, DIGEST_QOP_AUTH_INT, true },
		{ "Digest realm=a, nonce=n, qop=\"x\"", DIGEST_MD5, false, DIGEST_QOP_UNKNOWN, false },
		{ "Digest realm=a, nonce=n, qop=\"\"", DIGEST_MD5, false, DIGEST_QOP_UNKNOWN, false },
		{ "Digest realm=a, nonce=n, qop=auth, algorithm=md5-SESS", DIGEST_MD5, true, DIGEST_QOP_AUTH, true },
		{ "Digest realm=a, nonce=n, qop=auth, algorithm=SHA-256-sess", DIGEST_SHA256, true, DIGEST_QOP_AUTH,
		  true },
		{ "Digest realm=a, nonce=n, qop=auth, algorithm=SHA-512-256", DIGEST_SHA512_256, false, DIGEST_QOP_AUTH,
		  true },
		{ "Digest realm=a, nonce=n, qop=auth, algorithm=SHA-512", DIGEST_UNKNOWN, false, DIGEST_QOP_AUTH,
		  false },
		{ "Digest realm=a, nonce=n, qop=auth, algorithm=-sess", DIGEST_UNKNOWN, false, DIGEST_QOP_AUTH, false },
		{ "Digest realm=a, nonce=\"n\r\n m\", qop=auth", DIGEST_MD5, false, DIGEST_QOP_AUTH, false },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct digest_challenge c;

		if (digest_challenge_parse(span_str(cases[i].in), &c) || c.algorithm != cases[i].algorithm ||
		    c.session != cases[i].session || digest_challenge_qop(&c) != cases[i].qop ||
		    digest_challenge_usable(&c) != cases[i].usable)
			fail_msg("%s: %d %d %d", cases[i].in, c.algorithm, c.session, digest_challenge_qop(&c));
	}
}

/* Read and written again. */
static void credentials_are_written(void **state)
{
	static const char *const cases[] = {
		"Digest username=\"u\", realm=\"a\", nonce=\"n\", uri=\"sip:x\", response=\"00\"",
		"Digest username=\"u\", realm=\"a\", nonce=\"n\", uri=\"sip:x\", response=\"00\", algorithm=SHA-256, "
		"cnonce=\"c\", opaque=\"\", qop=auth, nc=0000000a",
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct digest_credentials c;
		char text[256];
		struct writer w = writer_over(text, sizeof(text));

		assert_int_equal(digest_credentials_parse(span_str(cases[i]), &c), 0);
		digest_credentials_write(&w, &c);
		if (!span_eq(writer_done(&w), span_str(cases[i])))
			fail_msg("%.*s", SPAN_ARG(writer_done(&w)));
	}
}

static void names_are_escaped(void **state)
{
	char text[32];
	struct writer w = writer_over(text, sizeof(text));
	(void)state;

	digest_escape(&w, SPAN("a \"b\" \\c"));
	assert_true(span_eq(writer_done(&w), SPAN("a \\\"b\\\" \\\\c")));
}

static void next_nonces(void **state)
{
	static const struct {
		const char *in, *expected;
	} cases[] = {
		{ "nextnonce=\"abc\"", "abc" },
		{ "qop=auth, rspauth=\"00\", NextNonce=abc , nc=1", "abc" },
		{ "qop=auth", "" },
		{ "", "" },
		{ "nextnonce=\"a\", nextnonce=\"b\"", "" },
		{ "nextnonce=\"a", "" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].in));

		if (!span_eq(digest_next_nonce(in), span_str(cases[i].expected)))
			fail_msg("%s", cases[i].in);
		guard_free(in);
	}
}

static void algorithm_names(void **state)
{
	(void)state;
	assert_true(span_eq(digest_algorithm_name(DIGEST_SHA512_256), SPAN("SHA-512-256")));
	assert_true(span_eq(digest_algorithm_name(DIGEST_MD5), SPAN("MD5")));
	assert_true(span_eq(digest_algorithm_name(DIGEST_SHA256), SPAN("SHA-256")));
	assert_false(span_is_set(digest_algorithm_name(DIGEST_UNKNOWN)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(credentials_are_read),
		cmocka_unit_test(bad_credentials_are_refused),
		cmocka_unit_test(no_beginning_of_credentials_is_read_beyond),
		cmocka_unit_test(challenges),
		cmocka_unit_test(our_own_challenge),
		cmocka_unit_test(challenges_in_one_value),
		cmocka_unit_test(how_challenges_are_answered),
		cmocka_unit_test(credentials_are_written),
		cmocka_unit_test(next_nonces),
		cmocka_unit_test(names_are_escaped),
		cmocka_unit_test(algorithm_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

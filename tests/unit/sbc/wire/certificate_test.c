/* SPDX-License-Identifier: BSD-3-Clause */
/* Whom certificates name, and what is wrong with files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sbc/wire/certificate.h"
#include "tests/unit/sbc/papers.h"

enum { DAY = 86400 };

static struct papers papers;
static struct paper authority;

static int open_papers(void **state)
{
	(void)state;
	papers_open(&papers);
	authority = paper_make(&papers, NULL, NULL, -DAY, DAY);
	return 0;
}

static int close_papers(void **state)
{
	(void)state;
	paper_free(&authority);
	papers_close(&papers);
	return 0;
}

static void names(void **state)
{
	static const struct {
		const char *alternatives, *name;
		bool expected;
	} cases[] = {
		{ "DNS:sip.example.net", "sip.example.net", true },
		{ "DNS:sip.example.net", "SIP.Example.NET", true },
		{ "DNS:sip.example.net", "example.net", false },
		{ "DNS:a.example,DNS:b.example", "b.example", true },
		{ "DNS:a.example", "a.example.evil", false },
		{ "DNS:a.example", "", false },
		{ "", "leaf", false },
		/* What a certificate says of a star counts for nothing (RFC 5922 7.2)... */
		{ "DNS:*.example.net", "sip.example.net", false },
		/* ...unless we were told so. */
		{ "DNS:*.example.net", "*.example.net", true },
		{ "DNS:sip.example.net", "*.example.net", true },
		{ "DNS:a.sip.example.net", "*.example.net", false },
		{ "DNS:example.net", "*.example.net", false },
		/* A SIP URI without a user goes before DNS names (7.1). */
		{ "URI:sip:example.net", "example.net", true },
		{ "URI:SIP:Example.net", "example.net", true },
		{ "URI:sips:example.net", "example.net", true },
		{ "URI:sip:example.net:5061;transport=tls", "example.net", true },
		{ "URI:sip:alice@example.net", "example.net", false },
		{ "URI:https://example.net", "example.net", false },
		{ "URI:sip:example.net,DNS:sip.example.net", "sip.example.net", false },
		{ "URI:sip:example.net,DNS:sip.example.net", "example.net", true },
		{ "URI:sip:alice@example.net,DNS:sip.example.net", "sip.example.net", true },
		{ "IP:192.0.2.1", "192.0.2.1", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct paper p = paper_make(&papers, &authority, cases[i].alternatives, -DAY, DAY);

		if (certificate_is_for(p.cert, span_str(cases[i].name)) != cases[i].expected)
			fail_msg("%s, %s", cases[i].alternatives, cases[i].name);
		paper_free(&p);
	}
}

/* A NUL in a name does not end it. */
static void name_with_nul(void **state)
{
	struct paper p = paper_make(&papers, &authority, "", -DAY, DAY);
	GENERAL_NAMES *all = GENERAL_NAMES_new();
	GENERAL_NAME *g = GENERAL_NAME_new();
	ASN1_IA5STRING *s = ASN1_IA5STRING_new();

	(void)state;
	ASN1_STRING_set(s, "good.example\0.evil", 18);
	GENERAL_NAME_set0_value(g, GEN_DNS, s);
	sk_GENERAL_NAME_push(all, g);
	X509_add1_ext_i2d(p.cert, NID_subject_alt_name, all, 0, 0);
	assert_false(certificate_is_for(p.cert, SPAN("good.example")));
	assert_true(certificate_is_for(p.cert, span_of("good.example\0.evil", 18)));
	GENERAL_NAMES_free(all);
	paper_free(&p);
}

static void hosts(void **state)
{
	struct paper p = paper_make(&papers, &authority, "IP:192.0.2.1,IP:2001:db8::1,DNS:a.example", -DAY, DAY);
	static const struct {
		const char *host;
		bool expected;
	} cases[] = {
		{ "192.0.2.1", true }, { "192.0.2.2", false }, { "2001:db8::1", true }, { "2001:db8::2", false }
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct addr a;

		assert_int_equal(addr_parse_host(span_str(cases[i].host), &a), 0);
		assert_int_equal(certificate_is_for_host(p.cert, &a), cases[i].expected);
	}
	paper_free(&p);
}

static void written_for_logs(void **state)
{
	struct paper p = paper_make(&papers, &authority, "DNS:a.example,DNS:b.example", -DAY, DAY);
	char text[64];
	struct writer w = writer_over(text, sizeof(text));

	(void)state;
	certificate_write_names(&w, p.cert);
	assert_true(span_eq(writer_done(&w), SPAN("a.example b.example")));
	paper_free(&p);
}

/* The authority's key under a password, in the old format or as PKCS #8. */
static void write_locked(const char *name, bool pkcs8)
{
	unsigned char secret[] = "secret";
	BIO *out = BIO_new_file(papers_path(&papers, name), "w");

	assert_non_null(out);
	if (pkcs8)
		PEM_write_bio_PKCS8PrivateKey(out, authority.key, EVP_aes_128_cbc(), "secret", 6, NULL, NULL);
	else
		PEM_write_bio_PrivateKey_traditional(out, authority.key, EVP_aes_128_cbc(), secret, 6, NULL, NULL);
	BIO_free(out);
}

/* What an operator did wrong with the files. */
static void files(void **state)
{
	static const struct {
		const char *cert, *key, *expected; /* NULL: sound */
	} cases[] = {
		{ "good.pem", "good.key", NULL },
		{ "expired.pem", "expired.key", NULL }, /* whoever loads it decides */
		{ "cred:good.pem", "cred:good.key", NULL },
		{ "missing.pem", "good.key", "missing.pem: No such file or directory" },
		{ "good.pem", "missing.key", "missing.key: No such file or directory" },
		{ "cred:missing", "good.key", "missing: No such file or directory" },
		{ "empty", "good.key", "empty: not a PEM file" },
		{ "good.pem", "empty", "empty: not a PEM file" },
		{ "binary", "good.key", "binary: not a PEM file" },
		{ "good.pem", "binary", "binary: not a PEM file" },
		{ "noise", "good.key", "noise: the certificate is damaged" },
		{ "good.pem", "noise", "noise: no private key in it" },
		{ "good.pem", "noise.key", "noise.key: the private key is damaged" },
		{ "request", "good.key", "request: no certificate in it" },
		{ "good.pem", "other.key", "other.key: not the key of the certificate" },
		{ "good.key", "good.pem", "good.key: no certificate in it" },
		{ "good.pem", "good.pem", "good.pem: no private key in it" },
		{ "good.pem", "locked.key", "locked.key: it has a password" },
		{ "good.pem", "locked8.key", "locked8.key: it has a password" },
		{ "early.pem", "early.key", "early.pem: not valid yet" },
	};
	static const struct {
		const char *name;
		long from, to;
	} made[] = {
		{ "good", -DAY, DAY }, { "other", -DAY, DAY }, { "expired", -2 * DAY, -DAY }, { "early", DAY, 2 * DAY }
	};

	(void)state;
	for (size_t i = 0; i < sizeof(made) / sizeof(*made); i++) {
		struct paper p = paper_make(&papers, &authority, "DNS:a.example", made[i].from, made[i].to);
		char name[64];

		snprintf(name, sizeof(name), "%s.pem", made[i].name);
		paper_write_cert(&p, papers_path(&papers, name));
		snprintf(name, sizeof(name), "%s.key", made[i].name);
		paper_write_key(&p, papers_path(&papers, name));
		paper_free(&p);
	}
	paper_write_text("", papers_path(&papers, "empty"));
	paper_write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
			 papers_path(&papers, "noise"));
	paper_write_text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
			 papers_path(&papers, "noise.key"));
	paper_write_text("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
			 papers_path(&papers, "request"));
	paper_write_text("0\x82\x01\x20 DER has no lines", papers_path(&papers, "binary"));
	write_locked("locked.key", false);
	write_locked("locked8.key", true);
	setenv("CREDENTIALS_DIRECTORY", papers.folder, 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
		char why[CERTIFICATE_WHY_MAX] = "", cert[PATH_MAX], key[PATH_MAX];
		int64_t expires = 0;
		bool cred = strncmp(cases[i].cert, "cred:", 5) == 0;
		int got;

		snprintf(cert, sizeof(cert), "%s%s%s", cred ? "" : papers.folder, cred ? "" : "/", cases[i].cert);
		cred = strncmp(cases[i].key, "cred:", 5) == 0;
		snprintf(key, sizeof(key), "%s%s%s", cred ? "" : papers.folder, cred ? "" : "/", cases[i].key);
		got = certificate_load(ctx, cert, key, &expires, why);
		if ((got == 0) != (cases[i].expected == NULL) ||
		    (cases[i].expected && !strstr(why, cases[i].expected)) || (got == 0 && expires == 0))
			fail_msg("%s, %s: %d %s", cases[i].cert, cases[i].key, got, why);
		SSL_CTX_free(ctx);
	}
}

static void authorities(void **state)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	const char *path = papers_path(&papers, "authority.pem"), *empty = papers_path(&papers, "empty");
	char why[CERTIFICATE_WHY_MAX] = "";

	(void)state;
	paper_write_cert(&authority, path);
	paper_write_text("", empty);
	assert_int_equal(certificate_authorities(ctx, path, why), 0);
	assert_int_equal(certificate_authorities(ctx, NULL, why), 0);
	assert_int_equal(certificate_authorities(ctx, "/nonexistent/ca.pem", why), -1);
	assert_string_equal(why, "/nonexistent/ca.pem: No such file or directory");
	assert_int_equal(certificate_authorities(ctx, empty, why), -1);
	assert_non_null(strstr(why, "empty: not a PEM file"));
	SSL_CTX_free(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names), cmocka_unit_test(name_with_nul), cmocka_unit_test(hosts),
		cmocka_unit_test(files), cmocka_unit_test(authorities),   cmocka_unit_test(written_for_logs),
	};

	return cmocka_run_group_tests(tests, open_papers, close_papers);
}

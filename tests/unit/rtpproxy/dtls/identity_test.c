/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/dtls/identity.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { WALL_S = 1800000000, DAY_S = 86400 };

static int days_until(const ASN1_TIME *t, int64_t wall_s)
{
	ASN1_TIME *from = ASN1_TIME_set(NULL, (time_t)wall_s);
	int days, seconds;

	assert_int_equal(ASN1_TIME_diff(&days, &seconds, from, t), 1);
	ASN1_TIME_free(from);
	return days;
}

static void it_is_a_key_of_its_own_signed_by_itself(void **state)
{
	struct identity *i = identity_new(WALL_S);
	X509 *cert = SSL_CTX_get0_certificate(i->context);
	EVP_PKEY *key = X509_get0_pubkey(cert);

	(void)state;
	assert_int_equal(EVP_PKEY_get_base_id(key), EVP_PKEY_EC);
	assert_int_equal(EVP_PKEY_get_bits(key), 256);
	assert_int_equal(X509_verify(cert, key), 1);
	assert_int_equal(days_until(X509_get0_notBefore(cert), WALL_S), -1);
	assert_int_equal(days_until(X509_get0_notAfter(cert), WALL_S), IDENTITY_DAYS);
	identity_release(i);
}

static void its_fingerprint_is_that_of_the_certificate(void **state)
{
	struct identity *i = identity_new(WALL_S);
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned n;

	(void)state;
	assert_int_equal(X509_digest(SSL_CTX_get0_certificate(i->context), EVP_sha256(), digest, &n), 1);
	assert_int_equal(i->fingerprint.hash, SDP_SHA256);
	assert_memory_equal(i->fingerprint.digest, digest, 32);
	identity_release(i);
}

static void calls_that_follow_get_another_one(void **state)
{
	struct identity *i = identity_new(WALL_S);

	(void)state;
	assert_int_equal(i->renew, WALL_S + IDENTITY_FRESH_S);
	identity_release(i);
}

static void its_name_tells_nothing_and_no_two_are_alike(void **state)
{
	struct identity *a = identity_new(WALL_S), *b = identity_new(WALL_S);
	char name_a[128], name_b[128];

	(void)state;
	X509_NAME_oneline(X509_get_subject_name(SSL_CTX_get0_certificate(a->context)), name_a, sizeof(name_a));
	X509_NAME_oneline(X509_get_subject_name(SSL_CTX_get0_certificate(b->context)), name_b, sizeof(name_b));
	assert_int_equal(strlen(name_a), sizeof("/CN=0123456789abcdef") - 1);
	assert_int_equal(strspn(name_a + 4, "0123456789abcdef"), 16);
	assert_string_not_equal(name_a, name_b);
	assert_memory_not_equal(&a->fingerprint, &b->fingerprint, sizeof(a->fingerprint));
	identity_release(a);
	identity_release(b);
}

static void the_last_holder_frees_it(void **state)
{
	struct identity *i = identity_new(WALL_S);

	(void)state;
	assert_ptr_equal(identity_hold(i), i);
	identity_release(i);
	assert_int_equal(i->holders, 1);
	identity_release(i);
	identity_release(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_a_key_of_its_own_signed_by_itself),
		cmocka_unit_test(its_fingerprint_is_that_of_the_certificate),
		cmocka_unit_test(calls_that_follow_get_another_one),
		cmocka_unit_test(its_name_tells_nothing_and_no_two_are_alike),
		cmocka_unit_test(the_last_holder_frees_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

/* Keys and salts of 28, 30, 44 and 46 bytes, all of them "0123456789...". */
#define K28   "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nw=="
#define K30   "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5"
#define K44   "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM="
#define K46   "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NQ=="
#define AES80 "AES_CM_128_HMAC_SHA1_80"

static const struct {
	struct span text;
	enum srtp_suite suite; /* SRTP_SUITE_NONE: refused */
	unsigned tag;
} cases[] = {
	{ SPAN("1 " AES80 " inline:" K30), SRTP_SUITE_AES_CM_128_HMAC_SHA1_80, 1 },
	{ SPAN("1 " AES80 " inline:" K30 " "), SRTP_SUITE_AES_CM_128_HMAC_SHA1_80, 1 },
	{ SPAN("2 AES_CM_128_HMAC_SHA1_32 inline:" K30), SRTP_SUITE_AES_CM_128_HMAC_SHA1_32, 2 },
	{ SPAN("3 AES_256_CM_HMAC_SHA1_80 inline:" K46), SRTP_SUITE_AES_256_CM_HMAC_SHA1_80, 3 },
	{ SPAN("4 AES_256_CM_HMAC_SHA1_32 inline:" K46), SRTP_SUITE_AES_256_CM_HMAC_SHA1_32, 4 },
	{ SPAN("999999999 AEAD_AES_128_GCM inline:" K28), SRTP_SUITE_AEAD_AES_128_GCM, 999999999 },
	{ SPAN("0 AEAD_AES_256_GCM inline:" K44), SRTP_SUITE_AEAD_AES_256_GCM, 0 },
	/* Padding may be missing, case is not told apart, blanks may be many. */
	{ SPAN("1  aead_aes_128_gcm\tINLINE:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nw"), SRTP_SUITE_AEAD_AES_128_GCM, 1 },
	/* A lifetime is read, and not counted against. */
	{ SPAN("1 " AES80 " inline:" K30 "|2^31"), SRTP_SUITE_AES_CM_128_HMAC_SHA1_80, 1 },
	{ SPAN("1 " AES80 " inline:" K30 "|1048576"), SRTP_SUITE_AES_CM_128_HMAC_SHA1_80, 1 },
	{ SPAN("1 " AES80 " inline:" K30 "|2^64"), SRTP_SUITE_NONE, 0 },
	{ SPAN("1 " AES80 " inline:" K30 "|x"), SRTP_SUITE_NONE, 0 },
	{ SPAN("1 " AES80 " inline:" K30 "|"), SRTP_SUITE_NONE, 0 },
	/* A master key's identifier would be in each packet. */
	{ SPAN("1 " AES80 " inline:" K30 "|2^31|1:4"), SRTP_SUITE_NONE, 0 },
	{ SPAN("1 " AES80 " inline:" K30 "|1:4"), SRTP_SUITE_NONE, 0 },
	{ SPAN("1 " AES80 " inline:" K30 "|2^31|1:1;inline:" K30 "|2^31|2:1"), SRTP_SUITE_NONE, 0 },
	{ SPAN("1 " AES80 " inline:" K30 ";inline:" K30), SRTP_SUITE_NONE, 0 },
	/* What changes the packets is refused, hints are not. */
	{ SPAN("1 " AES80 " inline:" K30 " UNENCRYPTED_SRTP"), SRTP_SUITE_NONE, 0 },
	{ SPAN("1 " AES80 " inline:" K30 " UNENCRYPTED_SRTCP"), SRTP_SUITE_NONE, 0 },
	{ SPAN("1 " AES80 " inline:" K30 " WSH=64 UNAUTHENTICATED_SRTP"), SRTP_SUITE_NONE, 0 },
	{ SPAN("1 " AES80 " inline:" K30 " KDR=1"), SRTP_SUITE_NONE, 0 },
	{ SPAN("1 " AES80 " inline:" K30 " FEC_ORDER=FEC_SRTP"), SRTP_SUITE_NONE, 0 },
	{ SPAN("1 " AES80 " inline:" K30 " NEW"), SRTP_SUITE_NONE, 0 },
	{ SPAN("1 " AES80 " inline:" K30 " KDR=0 WSH=64  -NEW=1"), SRTP_SUITE_AES_CM_128_HMAC_SHA1_80, 1 },
	/* Too short, too long, not base64, of another suite. */
	{ SPAN("1 " AES80 " inline:" K28), SRTP_SUITE_NONE, 0 },
	{ SPAN("1 " AES80 " inline:" K46), SRTP_SUITE_NONE, 0 },
	{ SPAN("1 " AES80 " inline:" K30 "A"), SRTP_SUITE_NONE, 0 },
	{ SPAN("1 " AES80 " inline:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg*"), SRTP_SUITE_NONE, 0 },
	{ SPAN("1 " AES80 " inline:"), SRTP_SUITE_NONE, 0 },
	{ SPAN("1 " AES80 " uri:" K30), SRTP_SUITE_NONE, 0 },
	{ SPAN("1 " AES80), SRTP_SUITE_NONE, 0 },
	{ SPAN("1 F8_128_HMAC_SHA1_80 inline:" K30), SRTP_SUITE_NONE, 0 },
	{ SPAN("1000000000 " AES80 " inline:" K30), SRTP_SUITE_NONE, 0 },
	{ SPAN("x " AES80 " inline:" K30), SRTP_SUITE_NONE, 0 },
	{ SPAN("1" AES80 " inline:" K30), SRTP_SUITE_NONE, 0 },
	{ SPAN("1"), SRTP_SUITE_NONE, 0 },
	{ SPAN(""), SRTP_SUITE_NONE, 0 },
};

static void lines_are_taken_or_refused(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span text = guard_span(cases[i].text);
		const bool good = cases[i].suite != SRTP_SUITE_NONE;
		struct sdp_crypto c = { .tag = 77 };

		if (sdp_crypto_parse(text, &c) != (good ? 0 : -1))
			fail_msg("%s", cases[i].text.p);
		if (c.tag != (good ? cases[i].tag : 77) || c.key.suite != cases[i].suite)
			fail_msg("%s: %u %u", cases[i].text.p, c.tag, c.key.suite);
		guard_free(text);
	}
}

/* The key is what the base64 stands for, and behind it are zeroes. */
static void a_key_is_read_whole(void **state)
{
	static const uint8_t zero[SRTP_SECRET_MAX];
	struct sdp_crypto c;

	(void)state;
	assert_int_equal(sdp_crypto_parse(SPAN("1 AEAD_AES_128_GCM inline:" K28), &c), 0);
	assert_memory_equal(c.key.secret, "0123456789012345678901234567", 28);
	assert_memory_equal(c.key.secret + 28, zero, SRTP_SECRET_MAX - 28);
	assert_int_equal(sdp_crypto_parse(SPAN("1 AES_256_CM_HMAC_SHA1_80 inline:" K46), &c), 0);
	assert_memory_equal(c.key.secret, "0123456789012345678901234567890123456789012345", 46);
}

static void every_suite_is_written_and_read_again(void **state)
{
	(void)state;
	for (unsigned suite = SRTP_SUITE_NONE + 1; suite < SRTP_SUITE_N; suite++) {
		struct sdp_crypto c = { .tag = suite, .key.suite = (uint8_t)suite }, again;
		char buf[256];
		struct writer w = writer_over(buf, sizeof(buf));
		struct span line;

		for (unsigned i = 0; i < sdp_crypto_suite(suite)->n; i++)
			c.key.secret[i] = (uint8_t)(0xf0 + i * 7);
		sdp_crypto_write(&w, &c);
		line = writer_done(&w);
		assert_true(span_starts(line, SPAN("a=crypto:")));
		assert_memory_equal(line.p + line.n - 2, "\r\n", 2);
		assert_int_equal(sdp_crypto_parse(span_slice(line, 9, line.n - 2), &again), 0);
		assert_memory_equal(&again, &c, sizeof(c));
		assert_int_equal(sdp_crypto_suite_find(sdp_crypto_suite(suite)->name), suite);
	}
}

static void no_suite_cannot_be_written(void **state)
{
	const struct sdp_crypto none = { .tag = 1 };
	char buf[256];
	struct writer w = writer_over(buf, sizeof(buf));

	(void)state;
	assert_null(sdp_crypto_suite(SRTP_SUITE_NONE));
	assert_null(sdp_crypto_suite(SRTP_SUITE_N));
	sdp_crypto_write(&w, &none);
	assert_true(w.failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_taken_or_refused),
		cmocka_unit_test(a_key_is_read_whole),
		cmocka_unit_test(every_suite_is_written_and_read_again),
		cmocka_unit_test(no_suite_cannot_be_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

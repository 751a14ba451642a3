/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/crypto.h"

#include "alg/base/base64.h"
#include "alg/base/cursor.h"

static const struct sdp_crypto_suite suites[SRTP_SUITE_N] = {
	[SRTP_SUITE_AES_CM_128_HMAC_SHA1_80] = { SPAN("AES_CM_128_HMAC_SHA1_80"), 30 },
	[SRTP_SUITE_AES_CM_128_HMAC_SHA1_32] = { SPAN("AES_CM_128_HMAC_SHA1_32"), 30 },
	[SRTP_SUITE_AES_256_CM_HMAC_SHA1_80] = { SPAN("AES_256_CM_HMAC_SHA1_80"), 46 },
	[SRTP_SUITE_AES_256_CM_HMAC_SHA1_32] = { SPAN("AES_256_CM_HMAC_SHA1_32"), 46 },
	[SRTP_SUITE_AEAD_AES_128_GCM] = { SPAN("AEAD_AES_128_GCM"), 28 },
	[SRTP_SUITE_AEAD_AES_256_GCM] = { SPAN("AEAD_AES_256_GCM"), 44 },
};

const struct sdp_crypto_suite *sdp_crypto_suite(unsigned suite)
{
	return suite > SRTP_SUITE_NONE && suite < SRTP_SUITE_N ? &suites[suite] : NULL;
}

enum srtp_suite sdp_crypto_suite_find(struct span name)
{
	for (unsigned i = SRTP_SUITE_NONE + 1; i < SRTP_SUITE_N; i++)
		if (span_ieq(name, suites[i].name))
			return (enum srtp_suite)i;
	return SRTP_SUITE_NONE;
}

/* --- reading --- */

/* "2^31" or "1048576". Nobody counts packets against it: the largest that there is, which is the usual one, outlasts
 * any call. */
static void lifetime_read(struct cursor *c)
{
	cursor_number(c, UINT64_MAX);
	if (cursor_try(c, '^'))
		cursor_number(c, 63);
}

static void key_read(struct cursor *c, const struct sdp_crypto_suite *suite, uint8_t *secret)
{
	struct cursor key = { .left = cursor_until(c, BLANK), .failed = c->failed };
	uint32_t n;

	cursor_word(&key, SPAN("inline:"));
	n = span_find(key.left, '|');
	if (key.failed || base64_read(span_slice(key.left, 0, n), secret, suite->n)) {
		c->failed = true;
		return;
	}
	cursor_take(&key, n);
	if (cursor_try(&key, '|'))
		lifetime_read(&key);
	/* What is left now is a master key's identifier or a further key. */
	if (key.failed || key.left.n)
		c->failed = true;
}

/* What changes how packets are protected must be understood (RFC 4568 6.3); a hint about lost packets and what is
 * marked by "-" need not be, and the key derivation rate may be that which holds without it. */
static bool parameter_is_met(struct span p)
{
	return span_starts(p, SPAN("-")) || span_istarts(p, SPAN("WSH=")) || span_ieq(p, SPAN("KDR=0"));
}

int sdp_crypto_parse(struct span value, struct sdp_crypto *out)
{
	struct cursor c = { .left = span_trim(value) };
	struct sdp_crypto crypto = { .tag = (uint32_t)cursor_number(&c, 999999999) };
	const struct sdp_crypto_suite *suite;

	cursor_while(&c, BLANK);
	crypto.key.suite = (uint8_t)sdp_crypto_suite_find(cursor_until(&c, BLANK));
	suite = sdp_crypto_suite(crypto.key.suite);
	if (!suite)
		return -1;
	cursor_while(&c, BLANK);
	key_read(&c, suite, crypto.key.secret);
	for (cursor_blank(&c); !c.failed && c.left.n; cursor_blank(&c))
		if (!parameter_is_met(cursor_until(&c, BLANK)))
			return -1;
	if (c.failed)
		return -1;
	*out = crypto;
	return 0;
}

/* --- writing --- */

void sdp_crypto_write(struct writer *w, const struct sdp_crypto *c)
{
	const struct sdp_crypto_suite *suite = sdp_crypto_suite(c->key.suite);

	if (!suite) {
		w->failed = true;
		return;
	}
	writer_str(w, "a=crypto:");
	writer_u64(w, c->tag);
	writer_byte(w, ' ');
	writer_put(w, suite->name);
	writer_str(w, " inline:");
	base64_write(w, c->key.secret, suite->n);
	writer_str(w, "\r\n");
}

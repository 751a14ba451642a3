/* SPDX-License-Identifier: BSD-3-Clause */
/* digest_fuzz.c: any bytes as credentials and as a challenge; what is read lies within what was given, and a challenge
 * written again reads the same. */
#include <stdlib.h>

#include "alg/sip/digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool held)
{
	if (!held)
		abort();
}

static void expect_within(struct span part, struct span whole)
{
	expect(!span_is_set(part) || span_within(part, whole));
}

static void fuzz_credentials(struct span input)
{
	struct digest_credentials c;

	if (digest_credentials_parse(input, &c))
		return;
	const struct span parts[] = {
		c.username, c.realm, c.nonce, c.uri, c.response, c.cnonce, c.opaque, c.qop, c.nc, c.algorithm_name,
	};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		expect_within(parts[i], input);
	expect(span_is_set(c.username) && span_is_set(c.response) && c.algorithm <= DIGEST_UNKNOWN);
}

static void fuzz_challenge(struct span input)
{
	struct digest_challenge c, again;
	char text[8192];
	struct writer w = writer_over(text, sizeof(text));

	if (digest_challenge_parse(input, &c))
		return;
	expect_within(c.realm, input);
	expect_within(c.nonce, input);
	digest_challenge_write(&w, &c);
	if (w.failed)
		return;
	/* Unquoted values may hold a backslash, which means something else once they are quoted. */
	if (span_find(input, '\\') < input.n)
		return;
	expect(digest_challenge_parse(writer_done(&w), &again) == 0);
	expect(span_eq(c.realm, again.realm) && span_eq(c.nonce, again.nonce) && span_eq(c.opaque, again.opaque));
	expect(c.stale == again.stale && c.algorithm == again.algorithm);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = span_of(data, size);

	fuzz_credentials(input);
	fuzz_challenge(input);
	return 0;
}

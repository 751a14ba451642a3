/* SPDX-License-Identifier: BSD-3-Clause */
/* digest_fuzz.c: any bytes as credentials, as challenges, as Authentication-Info; what is read lies within what was
 * given, and what is written again reads the same. */
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

/* Unquoted values may hold a backslash, which means something else once they are quoted; nc and qop may have been
 * quoted, and are not written so. */
static void write_again(const struct digest_credentials *c, struct span input)
{
	struct digest_credentials again;
	char text[8192];
	struct writer w = writer_over(text, sizeof(text));

	if (span_find(input, '\\') < input.n || (span_is_set(c->qop) && !(c->qop.n && c->nc.n)) ||
	    span_find(c->qop, ',') < c->qop.n || span_find(c->nc, ',') < c->nc.n)
		return;
	for (uint32_t i = 0; i < c->qop.n; i++)
		if (span_blank(c->qop.p[i]) || (unsigned char)c->qop.p[i] < ' ' || c->qop.p[i] == 127)
			return;
	for (uint32_t i = 0; i < c->nc.n; i++)
		if (span_blank(c->nc.p[i]) || (unsigned char)c->nc.p[i] < ' ' || c->nc.p[i] == 127)
			return;
	digest_credentials_write(&w, c);
	if (w.failed)
		return;
	expect(digest_credentials_parse(writer_done(&w), &again) == 0);
	expect(span_eq(c->username, again.username) && span_eq(c->response, again.response) &&
	       span_eq(c->qop, again.qop) && c->algorithm == again.algorithm);
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
	write_again(&c, input);
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

static void fuzz_list(struct span input)
{
	struct span left = input, one;
	uint32_t before = left.n + 1;

	while (span_is_set(one = digest_challenge_next(&left))) {
		struct digest_challenge c;

		expect_within(one, input);
		expect(left.n < before);
		before = left.n;
		if (digest_challenge_parse(one, &c) == 0)
			expect(digest_challenge_usable(&c) <= (c.algorithm != DIGEST_UNKNOWN));
	}
	expect_within(digest_next_nonce(input), input);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = span_of(data, size);

	fuzz_list(input);
	fuzz_credentials(input);
	fuzz_challenge(input);
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/fingerprint.h"

#include "alg/base/cursor.h"

static const struct hash {
	struct span name;
	unsigned length;
} hashes[SDP_HASH_N] = {
	[SDP_SHA1] = { SPAN("sha-1"), 20 },     [SDP_SHA224] = { SPAN("sha-224"), 28 },
	[SDP_SHA256] = { SPAN("sha-256"), 32 }, [SDP_SHA384] = { SPAN("sha-384"), 48 },
	[SDP_SHA512] = { SPAN("sha-512"), 64 },
};

unsigned sdp_hash_length(enum sdp_hash hash)
{
	return hashes[hash].length;
}

struct span sdp_hash_name(enum sdp_hash hash)
{
	return hashes[hash].name;
}

static enum sdp_hash hash_find(struct span name)
{
	enum sdp_hash h = 0;

	while (h < SDP_HASH_N && !span_ieq(name, hashes[h].name))
		h++;
	return h;
}

static uint8_t nibble(char c)
{
	return (uint8_t)(byte_is(c, DIGIT) ? c - '0' : (c | 0x20) - 'a' + 10);
}

/* Two hexadecimal digits; lower case is wrong (RFC 8122 5) but is sent. */
static uint8_t octet_read(struct cursor *c)
{
	const bool there = !c->failed && c->left.n >= 2 && byte_is(c->left.p[0], HEX) && byte_is(c->left.p[1], HEX);
	struct span s;

	if (!there) {
		c->failed = true;
		return 0;
	}
	s = cursor_take(c, 2);
	return (uint8_t)(nibble(s.p[0]) << 4 | nibble(s.p[1]));
}

int sdp_fingerprint_parse(struct span value, struct sdp_fingerprint *out)
{
	struct cursor c = { .left = span_trim(value) };
	const enum sdp_hash hash = hash_find(cursor_token(&c));
	struct sdp_fingerprint f = { .hash = (uint8_t)hash };

	if (hash == SDP_HASH_N)
		return -1;
	cursor_while(&c, BLANK);
	for (unsigned i = 0; i < hashes[hash].length; i++) {
		if (i && !cursor_try(&c, ':'))
			c.failed = true;
		f.digest[i] = octet_read(&c);
	}
	cursor_end(&c);
	if (c.failed)
		return -1;
	*out = f;
	return 0;
}

void sdp_fingerprint_write(struct writer *w, const struct sdp_fingerprint *f)
{
	writer_str(w, "a=fingerprint:");
	writer_put(w, hashes[f->hash].name);
	for (unsigned i = 0; i < hashes[f->hash].length; i++)
		writer_format(w, "%c%02X", i ? ':' : ' ', f->digest[i]);
	writer_str(w, "\r\n");
}

static void fingerprints_add(struct sdp_fingerprints *all, const struct sdp_fingerprint *f)
{
	if (all->n && f->hash < all->at[0].hash)
		return;
	if (all->n && f->hash > all->at[0].hash)
		*all = (struct sdp_fingerprints){ 0 };
	if (all->n < SDP_FINGERPRINT_MAX && !sdp_fingerprints_have(all, f))
		all->at[all->n++] = *f;
}

static void section_read(const struct sdp *s, const struct sdp_section *in, struct sdp_fingerprints *out)
{
	const struct sdp_line *at = NULL;
	struct sdp_fingerprint f;
	struct span value;

	while ((at = sdp_attribute(s, in, SPAN("fingerprint"), at, &value)) != NULL)
		if (sdp_fingerprint_parse(value, &f) == 0)
			fingerprints_add(out, &f);
}

void sdp_fingerprints_read(const struct sdp *s, unsigned media, struct sdp_fingerprints *out)
{
	*out = (struct sdp_fingerprints){ 0 };
	section_read(s, &s->media[media], out);
	if (!out->n)
		section_read(s, &s->session, out);
}

bool sdp_fingerprints_have(const struct sdp_fingerprints *all, const struct sdp_fingerprint *one)
{
	for (unsigned i = 0; i < all->n; i++)
		if (all->at[i].hash == one->hash && memcmp(all->at[i].digest, one->digest, SDP_DIGEST_MAX) == 0)
			return true;
	return false;
}

bool sdp_fingerprints_eq(const struct sdp_fingerprints *a, const struct sdp_fingerprints *b)
{
	if (a->n != b->n)
		return false;
	for (unsigned i = 0; i < a->n; i++)
		if (!sdp_fingerprints_have(b, &a->at[i]))
			return false;
	return true;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/rtp/sdes.h"

#include <stdbool.h>

enum {
	RTCP_HEADER = 4,
	RTCP_FIRST_TYPE = 192,
	RTCP_LAST_TYPE = 223,
	RTCP_SDES = 202,
	SDES_SOURCE = 4, /* bytes of SSRC or CSRC before the items of a chunk */
	SDES_END = 0,
	SDES_PRIVATE = 8,
};

/* What of an SDES packet is still to be read. */
struct reader {
	uint8_t *p;
	uint32_t n;
};

static void reader_skip(struct reader *r, uint32_t n)
{
	r->p += n;
	r->n -= n;
}

/* Base 32 without letters that look like digits; each hash yields twelve of them. */
static void text_hide(uint8_t *text, uint32_t n, const struct hash_key *key, uint8_t type)
{
	static const char letters[32] = "abcdefghijkmnpqrstuvwxyz23456789";
	struct hash_key next = { key->k0, key->k1 ^ type };
	uint64_t bits = siphash(&next, text, n);
	const uint64_t of_text = bits;

	for (uint32_t i = 0; i < n; i++) {
		if (i && i % 12 == 0) {
			next.k1++;
			bits = siphash(&next, &of_text, sizeof(of_text));
		}
		text[i] = (uint8_t)letters[bits & 31];
		bits >>= 5;
	}
}

/* One item: type, length, text. A private one begins with a length and a name, which stay sound: the name is of that
 * length and nothing else is needed of it (RFC 3550 6.5.8). */
static enum sdes item_hide(struct reader *r, const struct hash_key *key)
{
	const uint8_t type = r->p[0];
	uint8_t *text;
	uint32_t n;

	if (r->n < 2 || r->n - 2 < r->p[1])
		return SDES_BROKEN;
	text = r->p + 2;
	n = r->p[1];
	reader_skip(r, 2 + n);
	if (type == SDES_PRIVATE) {
		if (n == 0 || text[0] >= n)
			return SDES_BROKEN;
		text_hide(text + 1, text[0], key, type);
		text_hide(text + 1 + text[0], n - 1 - text[0], key, type);
		return SDES_HIDDEN;
	}
	text_hide(text, n, key, type);
	return SDES_HIDDEN;
}

/* One chunk: a source, items, and at least one zero up to the next word; at is the start of the packet. The last one
 * may end with its text: some forget the zero when the text ends with a word, and nothing stays unseen by that. */
static enum sdes chunk_hide(struct reader *r, const uint8_t *at, const struct hash_key *key)
{
	if (r->n < SDES_SOURCE)
		return SDES_BROKEN;
	reader_skip(r, SDES_SOURCE);
	while (r->n && r->p[0] != SDES_END)
		if (item_hide(r, key) == SDES_BROKEN)
			return SDES_BROKEN;
	if (r->n == 0)
		return SDES_HIDDEN;
	do {
		if (r->p[0] != SDES_END)
			return SDES_BROKEN;
		reader_skip(r, 1);
	} while ((r->p - at) % 4);
	return SDES_HIDDEN;
}

/* An SDES packet of n bytes, a multiple of four. */
static enum sdes packet_hide(uint8_t *p, uint32_t n, const struct hash_key *key)
{
	const uint32_t padding = p[0] & 0x20 ? p[n - 1] : 0;
	const unsigned chunks = p[0] & 0x1f;
	struct reader r = { p + RTCP_HEADER, n - RTCP_HEADER };

	if (p[0] & 0x20 && (padding == 0 || padding % 4 || padding > r.n))
		return SDES_BROKEN;
	r.n -= padding;
	for (unsigned i = 0; i < chunks; i++)
		if (chunk_hide(&r, p, key) == SDES_BROKEN)
			return SDES_BROKEN;
	for (; r.n; reader_skip(&r, 1))
		if (r.p[0] != SDES_END)
			return SDES_BROKEN;
	return chunks ? SDES_HIDDEN : SDES_NONE;
}

static bool is_rtcp(const uint8_t *p, uint32_t n)
{
	return n >= RTCP_HEADER && p[0] >> 6 == 2 && p[1] >= RTCP_FIRST_TYPE && p[1] <= RTCP_LAST_TYPE;
}

enum sdes sdes_hide(uint8_t *p, uint32_t n, const struct hash_key *key)
{
	enum sdes all = SDES_NONE, one;

	while (n) {
		uint32_t len;

		if (!is_rtcp(p, n))
			return SDES_BROKEN;
		len = RTCP_HEADER + 4 * ((uint32_t)p[2] << 8 | p[3]);
		if (len > n)
			return SDES_BROKEN;
		one = p[1] == RTCP_SDES ? packet_hide(p, len, key) : SDES_NONE;
		if (one == SDES_BROKEN)
			return one;
		if (one == SDES_HIDDEN)
			all = one;
		p += len;
		n -= len;
	}
	return all;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/base/pack.h"

#include "alg/base/siphash.h"

enum { HEAD = 3 };

void pack_text(struct writer *w, uint8_t tag, struct span value)
{
	if (value.n == 0)
		return;
	if (value.n > UINT16_MAX)
		w->failed = true;
	writer_byte(w, (char)tag);
	writer_byte(w, (char)(value.n & 0xff));
	writer_byte(w, (char)(value.n >> 8));
	writer_put(w, value);
}

void pack_number(struct writer *w, uint8_t tag, uint64_t value)
{
	char bytes[8];
	uint32_t n = 0;

	for (; value; value >>= 8)
		bytes[n++] = (char)(value & 0xff);
	pack_text(w, tag, span_of(bytes, n));
}

/* Against accidents, not against people: no key. */
static uint64_t checksum(struct span s)
{
	static const struct hash_key none;

	return siphash(&none, s.p, s.n);
}

void pack_end(struct writer *w, uint32_t from)
{
	uint64_t sum = w->failed ? 0 : checksum(span_of(w->p + from, w->n - from));

	for (unsigned i = 0; i < PACK_CHECKSUM; i++)
		writer_byte(w, (char)(sum >> 8 * i & 0xff));
}

int pack_open(struct span packed, struct span *members)
{
	struct span all;
	uint64_t sum = 0;

	if (packed.n < PACK_CHECKSUM)
		return -1;
	all = span_slice(packed, 0, packed.n - PACK_CHECKSUM);
	for (unsigned i = 0; i < PACK_CHECKSUM; i++)
		sum |= (uint64_t)(uint8_t)packed.p[all.n + i] << 8 * i;
	if (sum != checksum(all))
		return -1;
	*members = all;
	return 0;
}

int pack_next(struct span members, uint32_t *at, uint8_t *tag, struct span *value)
{
	struct span left = span_from(members, *at);
	uint32_t n;

	if (left.n == 0)
		return 0;
	if (left.n < HEAD)
		return -1;
	n = (uint8_t)left.p[1] | (uint32_t)(uint8_t)left.p[2] << 8;
	if (left.n - HEAD < n)
		return -1;
	*tag = (uint8_t)left.p[0];
	*value = span_slice(left, HEAD, HEAD + n);
	*at += HEAD + n;
	return 1;
}

int pack_read_number(struct span value, uint64_t *out)
{
	uint64_t v = 0;

	if (value.n > 8)
		return -1;
	for (uint32_t i = value.n; i-- > 0;)
		v = v << 8 | (uint8_t)value.p[i];
	*out = v;
	return 0;
}

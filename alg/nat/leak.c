/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/nat/leak.h"

#include "alg/base/cursor.h"

enum { PAIRS = 1024 }; /* of bytes, folded */

static void add(struct leak_set *s, struct span text, bool host)
{
	if (s->n == LEAK_MAX)
		return;
	for (unsigned i = 0; i < s->n; i++)
		if (span_eq(s->text[i], text))
			return;
	if (!s->n || text.n < s->shortest)
		s->shortest = text.n;
	s->host[s->n] = host;
	s->text[s->n++] = text;
}

void leak_add_id(struct leak_set *s, struct span id)
{
	if (id.n >= LEAK_ID_MIN)
		add(s, id, false);
}

void leak_add_host(struct leak_set *s, struct span host)
{
	if (host.n >= LEAK_HOST_MIN)
		add(s, host, true);
}

static inline unsigned pair(const char *p)
{
	return ((unsigned)(unsigned char)p[0] << 4 ^ (unsigned char)p[1]) % PAIRS;
}

/* How far the text may be read on where a window of the shortest length ends with that pair. */
static void strides(const struct leak_set *s, uint8_t stride[PAIRS])
{
	uint32_t m = s->shortest < UINT8_MAX ? s->shortest : UINT8_MAX;

	memset(stride, (int)(m - 1), PAIRS);
	/* From the longest on: what is written later is the least. */
	for (uint32_t k = 0; k + 1 < m; k++)
		for (unsigned i = 0; i < s->n; i++)
			stride[pair(s->text[i].p + k)] = (uint8_t)(m - 2 - k);
}

/* 10.0.0.5 is neither in 110.0.0.5 nor in 10.0.0.50 or 10.0.0.5.1. */
static bool stands_alone(struct span text, uint32_t at, uint32_t n)
{
	bool v6 = span_find(span_slice(text, at, at + n), ':') < n;
	unsigned more = v6 ? HEX | COLON : DIGIT;
	uint32_t end = at + n;

	if (at && byte_is(text.p[at - 1], more))
		return false;
	if (at > 1 && text.p[at - 1] == '.' && byte_is(text.p[at - 2], DIGIT))
		return false;
	if (end < text.n && byte_is(text.p[end], v6 ? HEX : DIGIT))
		return false;
	return !(end + 1 < text.n && text.p[end] == '.' && byte_is(text.p[end + 1], DIGIT));
}

static bool stands_at(const struct leak_set *s, struct span text, uint32_t at, struct span *which)
{
	for (unsigned i = 0; i < s->n; i++) {
		if (!span_starts(span_from(text, at), s->text[i]) ||
		    (s->host[i] && !stands_alone(text, at, s->text[i].n)))
			continue;
		*which = s->text[i];
		return true;
	}
	return false;
}

uint32_t leak_find(const struct leak_set *s, struct span text, uint32_t from, struct span *which)
{
	uint32_t m = s->shortest < UINT8_MAX ? s->shortest : UINT8_MAX;
	uint8_t stride[PAIRS];

	if (!s->n)
		return text.n;
	strides(s, stride);
	for (uint32_t last = from + m - 1; last < text.n;) {
		uint8_t n = stride[pair(text.p + last - 1)];

		if (n == 0 && stands_at(s, text, last + 1 - m, which))
			return last + 1 - m;
		last += n ? n : 1;
	}
	return text.n;
}

struct span leak_line(struct span text, uint32_t at)
{
	uint32_t begin = at, end = at + span_find(span_from(text, at), '\n') + 1;

	while (begin && text.p[begin - 1] != '\n')
		begin--;
	return span_slice(text, begin, end);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/base/span.h"

static inline unsigned char lower(unsigned char c)
{
	return (unsigned char)(c - 'A') < 26 ? (unsigned char)(c | 0x20) : c;
}

static bool bytes_ieq(const char *a, const char *b, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (lower((unsigned char)a[i]) != lower((unsigned char)b[i]))
			return false;
	return true;
}

bool span_ieq(struct span a, struct span b)
{
	return a.n == b.n && bytes_ieq(a.p, b.p, a.n);
}

struct span span_slice(struct span s, uint32_t from, uint32_t to)
{
	if (to > s.n)
		to = s.n;
	if (from > to)
		from = to;
	return s.p ? span_of(s.p + from, to - from) : s;
}

struct span span_from(struct span s, uint32_t from)
{
	return span_slice(s, from, s.n);
}

static inline bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct span span_trim(struct span s)
{
	while (s.n && is_blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

uint32_t span_find(struct span s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;

	return at ? (uint32_t)(at - s.p) : s.n;
}

uint32_t span_search(struct span s, struct span what)
{
	const char *at = s.n && what.n ? memmem(s.p, s.n, what.p, what.n) : NULL;

	return at ? (uint32_t)(at - s.p) : s.n;
}

bool span_starts(struct span s, struct span prefix)
{
	return s.n >= prefix.n && span_eq(span_slice(s, 0, prefix.n), prefix);
}

bool span_istarts(struct span s, struct span prefix)
{
	return s.n >= prefix.n && bytes_ieq(s.p, prefix.p, prefix.n);
}

int span_u64(struct span s, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0)
		return -1;
	for (uint32_t i = 0; i < s.n; i++) {
		unsigned d = (unsigned char)s.p[i] - (unsigned)'0';

		if (d > 9 || v > (UINT64_MAX - d) / 10)
			return -1;
		v = v * 10 + d;
	}
	*out = v;
	return 0;
}

int span_u32(struct span s, uint32_t *out)
{
	uint64_t v;

	if (span_u64(s, &v) || v > UINT32_MAX)
		return -1;
	*out = (uint32_t)v;
	return 0;
}

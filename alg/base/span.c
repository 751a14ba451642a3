/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/base/span.h"

static inline unsigned char lower(unsigned char c)
{
	return (unsigned char)(c - 'A') < 26 ? (unsigned char)(c | 0x20) : c;
}

bool span_bytes_ieq(const char *a, const char *b, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		/* Most bytes are the same as they stand. */
		if (a[i] != b[i] && lower((unsigned char)a[i]) != lower((unsigned char)b[i]))
			return false;
	return true;
}

uint32_t span_search(struct span s, struct span what)
{
	const char *at = s.n && what.n ? memmem(s.p, s.n, what.p, what.n) : NULL;

	return at ? (uint32_t)(at - s.p) : s.n;
}

int span_u64(struct span s, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0)
		return -1;
	for (uint32_t i = 0; i < s.n; i++) {
		unsigned d = (unsigned char)s.p[i] - (unsigned)'0';

		if (d > 9)
			return -1;
		/* Nineteen digits always fit. */
		if (i >= 19 && v > (UINT64_MAX - d) / 10)
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

/* SPDX-License-Identifier: BSD-3-Clause */
/* span.h: borrowed bytes. Never NUL-terminated; { 0 } is "absent". */
#ifndef NATSBC_BASE_SPAN_H
#define NATSBC_BASE_SPAN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct span {
	const char *p;
	uint32_t n; /* bytes */
};

/* A span over a string literal. */
#define SPAN(lit) ((struct span){ (lit), (uint32_t)(sizeof(lit) - 1) })

/* Printing: printf("%.*s", SPAN_ARG(s)). */
#define SPAN_ARG(s) (int)(s).n, (s).p ? (s).p : ""

static inline struct span span_of(const void *p, size_t n)
{
	return (struct span){ p, (uint32_t)n };
}

/* Borrows str, which must be NUL-terminated. NULL gives the absent span. */
static inline struct span span_str(const char *str)
{
	return str ? span_of(str, strlen(str)) : (struct span){ 0 };
}

/* Present, though perhaps empty. */
static inline bool span_is_set(struct span s)
{
	return s.p != NULL;
}

static inline bool span_eq(struct span a, struct span b)
{
	/* Most that differ do so at once. */
	return a.n == b.n && (a.n == 0 || (a.p[0] == b.p[0] && memcmp(a.p, b.p, a.n) == 0));
}

/* ASCII case folded comparison of n bytes, the one SIP asks for in tokens (RFC 3261 7.3.1). */
bool span_bytes_ieq(const char *a, const char *b, uint32_t n);

static inline bool span_ieq(struct span a, struct span b)
{
	return a.n == b.n && span_bytes_ieq(a.p, b.p, a.n);
}

/* Bytes [from, to) of s; clamped to s. */
static inline struct span span_slice(struct span s, uint32_t from, uint32_t to)
{
	if (to > s.n)
		to = s.n;
	if (from > to)
		from = to;
	return s.p ? span_of(s.p + from, to - from) : s;
}

/* Bytes from `from` to the end; clamped. */
static inline struct span span_from(struct span s, uint32_t from)
{
	return span_slice(s, from, s.n);
}

static inline bool span_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Without blanks (SP, HTAB, CR, LF) at either end. */
static inline struct span span_trim(struct span s)
{
	while (s.n && span_blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n && span_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* Offset of the first byte c, or s.n when there is none. */
static inline uint32_t span_find(struct span s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;

	return at ? (uint32_t)(at - s.p) : s.n;
}

/* Offset of the first occurrence of what, or s.n when there is none. */
uint32_t span_search(struct span s, struct span what);

static inline bool span_starts(struct span s, struct span prefix)
{
	return s.n >= prefix.n && span_eq(span_slice(s, 0, prefix.n), prefix);
}

static inline bool span_istarts(struct span s, struct span prefix)
{
	return s.n >= prefix.n && span_bytes_ieq(s.p, prefix.p, prefix.n);
}

/* The whole of s as a decimal number. 0, or -1 when s is empty, holds a non-digit or does not fit. */
int span_u32(struct span s, uint32_t *out);
int span_u64(struct span s, uint64_t *out);

/* What was a part of the text at `from` becomes the same part of its copy at `to`. */
static inline void span_move(struct span *part, const char *from, const char *to)
{
	if (part->p)
		part->p = to + (part->p - from);
}

/* True where inner lies inside outer (pointers, not contents). */
static inline bool span_within(struct span inner, struct span outer)
{
	return inner.p >= outer.p && inner.p + inner.n <= outer.p + outer.n;
}

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* cursor.h: reading a span from left to right, with one sticky failure. */
#ifndef NATSBC_BASE_CURSOR_H
#define NATSBC_BASE_CURSOR_H

#include "alg/base/span.h"

/* Classes of bytes: bits, so that a stop may be several of them. */
enum {
	BLANK = 1 << 0, /* SP, HTAB, CR, LF: what is left of LWS once lines are folded */
	DIGIT = 1 << 1,
	ALPHA = 1 << 2,
	TOKEN_MARK = 1 << 3, /* the marks RFC 3261 25.1 allows in a token: - . ! % * _ + ` ' ~ */
	SEMICOLON = 1 << 4,
	COMMA = 1 << 5,
	QUOTE = 1 << 6,
	EQUALS = 1 << 7,
	COLON = 1 << 8,
	SLASH = 1 << 9,
	LESS = 1 << 10,
	GREATER = 1 << 11,
	AT = 1 << 12,
	QUESTION = 1 << 13,
	HEX = 1 << 14,
	CONTROL = 1 << 15, /* below SP but not BLANK, and DEL */
	TOKEN = DIGIT | ALPHA | TOKEN_MARK,
};

/* 32 bits each though 16 would hold them: testing 16 stalls the decoder of many processors. */
extern const uint32_t cursor_class[256];

static inline bool byte_is(char c, unsigned classes)
{
	return (cursor_class[(unsigned char)c] & classes) != 0;
}

/* How many bytes at the front of s are of the classes. */
static inline uint32_t span_run(struct span s, unsigned classes)
{
	size_t i = 0;

	while (i < s.n && byte_is(s.p[i], classes))
		i++;
	return (uint32_t)i;
}

/* True when s is not empty and each byte is of one of the classes. */
static inline bool span_all(struct span s, unsigned classes)
{
	return s.n && span_run(s, classes) == s.n;
}

/* After the first failure every read yields an empty span and consumes nothing:
 * check `failed` once, at the end. */
struct cursor {
	struct span left; /* not yet read */
	bool failed;
};

/* The next n bytes (no more than there are), taken. */
static inline struct span cursor_take(struct cursor *c, uint32_t n)
{
	struct span s = span_of(c->left.p, n);

	if (n) /* what is absent has no address to be added to */
		c->left.p += n;
	c->left.n -= n;
	return s;
}

/* Takes exactly this word, compared without case; fails where it is not there. */
static inline void cursor_word(struct cursor *c, struct span word)
{
	if (c->failed || !span_istarts(c->left, word))
		c->failed = true;
	else
		cursor_take(c, word.n);
}

/* Takes the byte if it is next. */
static inline bool cursor_try(struct cursor *c, char byte)
{
	if (c->failed || c->left.n == 0 || c->left.p[0] != byte)
		return false;
	cursor_take(c, 1);
	return true;
}

/* Skips blanks. Never fails. */
static inline void cursor_blank(struct cursor *c)
{
	uint32_t n = c->failed ? 0 : span_run(c->left, BLANK);

	if (n)
		cursor_take(c, n);
}

/* Takes the byte sep with the blanks around it; fails where it is not there. */
static inline void cursor_sep(struct cursor *c, char sep)
{
	cursor_blank(c);
	if (!cursor_try(c, sep))
		c->failed = true;
	cursor_blank(c);
}

/* Takes bytes up to the first of the classes (not taken) or the end. Never fails. */
static inline struct span cursor_until(struct cursor *c, unsigned classes)
{
	size_t i = 0;

	if (c->failed)
		return (struct span){ 0 };
	while (i < c->left.n && !byte_is(c->left.p[i], classes))
		i++;
	return cursor_take(c, (uint32_t)i);
}

/* Takes bytes while they are of the classes; fails when there is none. */
static inline struct span cursor_while(struct cursor *c, unsigned classes)
{
	uint32_t n = c->failed ? 0 : span_run(c->left, classes);

	if (n)
		return cursor_take(c, n);
	c->failed = true;
	return (struct span){ 0 };
}

/* Takes a token (RFC 3261 25.1); fails when there is none. */
static inline struct span cursor_token(struct cursor *c)
{
	return cursor_while(c, TOKEN);
}

/* Takes a quoted string, quotes included; a backslash takes the next byte with it. Fails when unclosed. */
static inline struct span cursor_quoted(struct cursor *c)
{
	uint32_t i = 1;

	if (!c->failed && c->left.n && c->left.p[0] == '"') {
		while (i < c->left.n && c->left.p[i] != '"')
			i += c->left.p[i] == '\\' ? 2 : 1;
		if (i < c->left.n)
			return cursor_take(c, i + 1);
	}
	c->failed = true;
	return (struct span){ 0 };
}

/* Takes a decimal number; fails when there is none or it exceeds max. */
static inline uint64_t cursor_number(struct cursor *c, uint64_t max)
{
	uint64_t v;

	if (span_u64(cursor_while(c, DIGIT), &v) == 0 && v <= max)
		return v;
	c->failed = true;
	return 0;
}

/* Fails unless everything was read, blanks aside. */
static inline void cursor_end(struct cursor *c)
{
	cursor_blank(c);
	if (c->left.n)
		c->failed = true;
}

static inline bool cursor_empty(const struct cursor *c)
{
	return c->left.n == 0;
}

#endif

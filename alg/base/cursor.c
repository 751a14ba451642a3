/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/base/cursor.h"

#define D (DIGIT | HEX)
#define X (ALPHA | HEX)
#define A ALPHA
#define M TOKEN_MARK
#define C CONTROL

const uint16_t cursor_class[256] = {
	[0x00 ... 0x08] = C, ['\t'] = BLANK, ['\n'] = BLANK, [0x0b ... 0x0c] = C,
	['\r'] = BLANK, [0x0e ... 0x1f] = C, [' '] = BLANK, [0x7f] = C,
	['0' ... '9'] = D,
	['a' ... 'f'] = X, ['g' ... 'z'] = A, ['A' ... 'F'] = X, ['G' ... 'Z'] = A,
	['-'] = M, ['.'] = M, ['!'] = M, ['%'] = M, ['*'] = M,
	['_'] = M, ['+'] = M, ['`'] = M, ['\''] = M, ['~'] = M,
	[';'] = SEMICOLON, [','] = COMMA, ['"'] = QUOTE, ['='] = EQUALS, [':'] = COLON,
	['/'] = SLASH, ['<'] = LESS, ['>'] = GREATER, ['@'] = AT, ['?'] = QUESTION,
};

#undef D
#undef X
#undef A
#undef M
#undef C

static struct span fail(struct cursor *c)
{
	c->failed = true;
	return (struct span){ 0 };
}

struct span cursor_quoted(struct cursor *c)
{
	uint32_t i = 1;

	if (c->failed || c->left.n == 0 || c->left.p[0] != '"')
		return fail(c);
	while (i < c->left.n && c->left.p[i] != '"')
		i += c->left.p[i] == '\\' ? 2 : 1;
	return i < c->left.n ? cursor_take(c, i + 1) : fail(c);
}

uint64_t cursor_number(struct cursor *c, uint64_t max)
{
	uint64_t v;

	if (span_u64(cursor_while(c, DIGIT), &v) || v > max) {
		fail(c);
		return 0;
	}
	return v;
}

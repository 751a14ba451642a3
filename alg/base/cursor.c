/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/base/cursor.h"

#define D (DIGIT | HEX)
#define X (ALPHA | HEX)
#define A ALPHA
#define M TOKEN_MARK
#define C CONTROL

const uint32_t cursor_class[256] = {
	[0x00 ... 0x08] = C, ['\t'] = BLANK,    ['\n'] = BLANK,    [0x0b ... 0x0c] = C, ['\r'] = BLANK,
	[0x0e ... 0x1f] = C, [' '] = BLANK,     [0x7f] = C,        ['0' ... '9'] = D,   ['a' ... 'f'] = X,
	['g' ... 'z'] = A,   ['A' ... 'F'] = X, ['G' ... 'Z'] = A, ['-'] = M,           ['.'] = M,
	['!'] = M,           ['%'] = M,         ['*'] = M,         ['_'] = M,           ['+'] = M,
	['`'] = M,           ['\''] = M,        ['~'] = M,         [';'] = SEMICOLON,   [','] = COMMA,
	['"'] = QUOTE,       ['='] = EQUALS,    [':'] = COLON,     ['/'] = SLASH,       ['<'] = LESS,
	['>'] = GREATER,     ['@'] = AT,        ['?'] = QUESTION,
};

#undef D
#undef X
#undef A
#undef M
#undef C

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/base/utf8.h"

enum { BLOCK = 32 };

/* RFC 3629 4: for each first byte, how many follow, and between what the first of these lies. */
static const struct {
	uint8_t first, last, follow, low, high;
} forms[] = {
	{ 0x00, 0x7f, 0, 0, 0 },       { 0xc2, 0xdf, 1, 0x80, 0xbf }, { 0xe0, 0xe0, 2, 0xa0, 0xbf },
	{ 0xe1, 0xec, 2, 0x80, 0xbf }, { 0xed, 0xed, 2, 0x80, 0x9f }, { 0xee, 0xef, 2, 0x80, 0xbf },
	{ 0xf0, 0xf0, 3, 0x90, 0xbf }, { 0xf1, 0xf3, 3, 0x80, 0xbf }, { 0xf4, 0xf4, 3, 0x80, 0x8f },
};

static bool is_between(char c, uint8_t low, uint8_t high)
{
	return (uint8_t)c >= low && (uint8_t)c <= high;
}

uint32_t utf8_length(struct span s)
{
	uint32_t f = 0;

	while (f < sizeof(forms) / sizeof(*forms) && !is_between(s.p[0], forms[f].first, forms[f].last))
		f++;
	if (f == sizeof(forms) / sizeof(*forms) || s.n <= forms[f].follow)
		return 0;
	if (forms[f].follow && !is_between(s.p[1], forms[f].low, forms[f].high))
		return 0;
	for (uint32_t i = 2; i <= forms[f].follow; i++)
		if (!is_between(s.p[i], 0x80, 0xbf))
			return 0;
	return forms[f].follow + 1U;
}

/* Nearly all text is ASCII. */
static bool is_ascii(const char *text)
{
	uint64_t words[BLOCK / sizeof(uint64_t)];

	memcpy(words, text, BLOCK);
	return !((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080U);
}

void utf8_mend(char *text, uint32_t n)
{
	uint32_t at = 0;

	while (at < n) {
		uint32_t length;

		if (n - at >= BLOCK && is_ascii(text + at)) {
			at += BLOCK;
			continue;
		}
		/* On to the next block, one character after the other. */
		for (uint32_t end = n - at < BLOCK ? n : at + BLOCK; at < end; at += length) {
			length = text[at] & 0x80 ? utf8_length(span_of(text + at, n - at)) : 1;
			if (length)
				continue;
			text[at] = '?';
			length = 1;
		}
	}
}

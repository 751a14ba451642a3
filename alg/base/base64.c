/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/base/base64.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_write(struct writer *w, const uint8_t *bytes, uint32_t n)
{
	for (uint32_t i = 0; i < n; i += 3) {
		const uint32_t left = n - i;
		const uint32_t three = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
				       (left > 2 ? bytes[i + 2] : 0);

		writer_byte(w, digits[three >> 18]);
		writer_byte(w, digits[three >> 12 & 63]);
		writer_byte(w, left > 1 ? digits[three >> 6 & 63] : '=');
		writer_byte(w, left > 2 ? digits[three & 63] : '=');
	}
}

/* -1: no digit. */
static int digit_value(char c)
{
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

int base64_read(struct span s, uint8_t *out, uint32_t n)
{
	const uint32_t ndigit = n / 3 * 4 + (n % 3 ? n % 3 + 1 : 0);
	uint32_t bits = 0, held = 0;

	if (s.n > (n + 2) / 3 * 4 || s.n < ndigit)
		return -1;
	for (uint32_t i = ndigit; i < s.n; i++)
		if (s.p[i] != '=')
			return -1;
	for (uint32_t i = 0; i < ndigit; i++) {
		const int value = digit_value(s.p[i]);

		if (value < 0)
			return -1;
		bits = bits << 6 | (uint32_t)value;
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		*out++ = (uint8_t)(bits >> held);
	}
	return 0;
}

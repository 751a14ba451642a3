/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/base/writer.h"

#include <stdarg.h>
#include <stdio.h>

void writer_u64(struct writer *w, uint64_t v)
{
	char digits[20];
	unsigned at = sizeof(digits);

	/* Most numbers here are ports and parts of addresses: 32 bits divide faster than 64. */
	while (v > UINT32_MAX) {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	}
	for (uint32_t small = (uint32_t)v; at == sizeof(digits) || small; small /= 10)
		digits[--at] = (char)('0' + small % 10);
	writer_put(w, span_of(digits + at, sizeof(digits) - at));
}

void writer_hex(struct writer *w, const void *bytes, uint32_t n)
{
	static const char digit[] = "0123456789abcdef";
	const uint8_t *b = bytes;

	for (uint32_t i = 0; i < n; i++) {
		writer_byte(w, digit[b[i] >> 4]);
		writer_byte(w, digit[b[i] & 15]);
	}
}

void writer_format(struct writer *w, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (w->failed)
		return;
	va_start(ap, fmt);
	n = vsnprintf(w->p + w->n, w->cap - w->n, fmt, ap);
	va_end(ap);
	/* vsnprintf wants room for its NUL too: text that fills the buffer to the last byte fails. */
	if (n < 0 || (uint32_t)n >= w->cap - w->n)
		w->failed = true;
	else
		w->n += (uint32_t)n;
}

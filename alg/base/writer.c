/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/base/writer.h"

#include <stdarg.h>
#include <stdio.h>

static uint32_t digits_of(uint64_t v)
{
	uint32_t n = 1;

	for (uint64_t limit = 10; v >= limit; limit *= 10)
		if (++n == 20) /* the next limit would not fit */
			break;
	return n;
}

void writer_u64(struct writer *w, uint64_t v)
{
	uint32_t n, at, small;

	if (v < 100) { /* most lengths */
		if (v >= 10)
			writer_byte(w, (char)('0' + v / 10));
		writer_byte(w, (char)('0' + v % 10));
		return;
	}
	n = digits_of(v);
	if (w->failed || n > w->cap - w->n) {
		w->failed = true;
		return;
	}
	at = w->n += n;
	/* Most numbers here are ports and parts of addresses: 32 bits divide faster than 64. */
	for (; v > UINT32_MAX; v /= 10)
		w->p[--at] = (char)('0' + v % 10);
	small = (uint32_t)v;
	do
		w->p[--at] = (char)('0' + small % 10);
	while (small /= 10);
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

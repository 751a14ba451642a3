/* SPDX-License-Identifier: BSD-3-Clause */
/* writer.h: appending text to a fixed buffer, with one sticky failure. */
#ifndef NATSBC_BASE_WRITER_H
#define NATSBC_BASE_WRITER_H

#include "alg/base/span.h"

/* Once something did not fit, `failed` stays set and nothing more is written:
 * check it once, at the end. The buffer is the caller's. */
struct writer {
	char *p;
	uint32_t n;   /* bytes written */
	uint32_t cap; /* bytes there are */
	bool failed;
};

static inline struct writer writer_over(void *buf, uint32_t cap)
{
	return (struct writer){ .p = buf, .cap = cap };
}

static inline void writer_put(struct writer *w, struct span s)
{
	if (w->failed || s.n > w->cap - w->n) {
		w->failed = true;
		return;
	}
	if (s.n)
		memcpy(w->p + w->n, s.p, s.n);
	w->n += s.n;
}

static inline void writer_byte(struct writer *w, char c)
{
	if (w->failed || w->n == w->cap) {
		w->failed = true;
		return;
	}
	w->p[w->n++] = c;
}

/* A string literal or other NUL-terminated text. */
static inline void writer_str(struct writer *w, const char *str)
{
	writer_put(w, span_str(str));
}

/* In decimal. */
void writer_u64(struct writer *w, uint64_t v);

/* Lower-case hexadecimal, two digits a byte. */
void writer_hex(struct writer *w, const void *bytes, uint32_t n);

/* printf for what is not on the message path. */
__attribute__((format(printf, 2, 3))) void writer_format(struct writer *w, const char *fmt, ...);

/* What was written; borrows the buffer. The absent span after a failure. */
static inline struct span writer_done(const struct writer *w)
{
	return w->failed ? (struct span){ 0 } : span_of(w->p, w->n);
}

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* edit_fuzz.c: edits anywhere in a message; what is gathered is what is written, and as long as edit_growth said. The
 * input is a count, that many edits of six bytes (from, to: two bytes each, little end first; length of the text; a
 * byte to fill it with), and the message. */
#include <stdlib.h>

#include "alg/sip/edit.h"
#include "alg/sip/msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { EDIT_BYTES = 6, RESULT_MAX = 65535 + EDIT_MAX * 255 };

static void expect(bool held)
{
	if (!held)
		abort();
}

static uint32_t word(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8;
}

/* Every byte of the original stays, goes, or is refused: the reckoning of what one edit does to the length. */
static void add(struct edit_list *l, const uint8_t *p, struct span original, char *text)
{
	uint32_t from = word(p), to = word(p + 2);
	int32_t before = edit_growth(l, 0, original.n);

	memset(text, p[5], p[4]);
	if (to > original.n)
		return;
	if (edit_replace(l, from, to, span_of(text, p[4])))
		expect(edit_growth(l, 0, original.n) == before);
	else
		expect(edit_growth(l, 0, original.n) == before + (int32_t)p[4] - (int32_t)(to - from));
}

/* Header lines are what edits are for: each field of the message goes, as far as it is still free. */
static void drop_fields(struct edit_list *l, struct span original)
{
	static struct sip_msg m;

	if (sip_msg_index(original, &m) != SIP_OK)
		return;
	for (unsigned i = 0; i < m.nfield; i += 2) {
		struct span line = span_slice(m.raw, m.field[i].line, m.field[i].line_end);
		uint32_t from = (uint32_t)(line.p - original.p);

		edit_replace(l, from, from + line.n, SPAN("X: y"));
	}
}

static void check(const struct edit_list *l, struct span original)
{
	static char result[RESULT_MAX];
	struct writer w = writer_over(result, sizeof(result));
	struct iovec iov[2 * EDIT_MAX + 1];
	int n = edit_gather(l, original, iov, 2 * EDIT_MAX + 1);
	uint32_t at = 0;

	edit_write(l, original, &w);
	expect(n >= 0 && !w.failed);
	for (int i = 0; i < n; i++) {
		expect(iov[i].iov_len > 0 && iov[i].iov_len <= w.n - at);
		expect(memcmp(result + at, iov[i].iov_base, iov[i].iov_len) == 0);
		at += (uint32_t)iov[i].iov_len;
	}
	expect(at == w.n && (int64_t)w.n == (int64_t)original.n + edit_growth(l, 0, original.n));
	if (n > 0)
		expect(edit_gather(l, original, iov, n - 1) == -1);
	for (uint32_t i = 1; i < l->n; i++)
		expect(l->edit[i - 1].from <= l->edit[i].from && l->edit[i - 1].to <= l->edit[i].from);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[EDIT_MAX + 16][255];
	struct edit_list l = { 0 };
	struct span original;
	size_t edits;

	if (size == 0 || size > 65535)
		return 0;
	edits = data[0] % (EDIT_MAX + 16);
	if (size - 1 < edits * EDIT_BYTES)
		return 0;
	original = span_of(data + 1 + edits * EDIT_BYTES, size - 1 - edits * EDIT_BYTES);
	for (size_t i = 0; i < edits; i++)
		add(&l, data + 1 + i * EDIT_BYTES, original, text[i]);
	drop_fields(&l, original);
	check(&l, original);
	return 0;
}

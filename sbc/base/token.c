/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/base/token.h"

void token_source_init(struct token_source *t, void (*fill)(void *ctx, void *bytes, uint32_t n), void *ctx)
{
	t->fill = fill;
	t->ctx = ctx;
	t->used = sizeof(t->page);
}

static uint8_t next_byte(struct token_source *t)
{
	if (t->used == sizeof(t->page)) {
		t->fill(t->ctx, t->page, sizeof(t->page));
		t->used = 0;
	}
	return t->page[t->used++];
}

uint64_t token_u64(struct token_source *t)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | next_byte(t);
	return v;
}

static const char letters[33] = "abcdfghjklmnpqrstvwxyz0123456789";

void token_write(struct token_source *t, struct writer *w, unsigned len)
{
	if (w->failed || len > w->cap - w->n) {
		w->failed = true;
		return;
	}
	for (unsigned i = 0; i < len; i++)
		w->p[w->n++] = letters[next_byte(t) & 31];
}

void token_spell(struct writer *w, const void *bytes, unsigned len)
{
	const uint8_t *p = bytes;
	uint32_t bits = 0;
	unsigned have = 0;

	for (unsigned i = 0; i < len; i++) {
		if (have < 5) {
			bits = bits << 8 | *p++;
			have += 8;
		}
		have -= 5;
		writer_byte(w, letters[bits >> have & 31]);
	}
}

bool token_is(struct span text, unsigned len)
{
	if (text.n != len)
		return false;
	for (uint32_t i = 0; i < text.n; i++)
		if (!memchr(letters, text.p[i], 32))
			return false;
	return true;
}

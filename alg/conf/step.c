/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/conf/step.h"

#include "alg/base/cursor.h"

static void key_write(struct writer *w, const char *key)
{
	for (; *key; key++)
		writer_byte(w, byte_is(*key, CONTROL | BLANK) ? '?' : *key);
}

void step_write(struct writer *w, const struct step *s)
{
	if (!s)
		return;
	step_write(w, s->up);
	if (!s->key) {
		writer_format(w, "[%zu]", s->at);
		return;
	}
	if (s->up)
		writer_byte(w, '.');
	key_write(w, s->key);
}

static bool next_is(const struct cursor *c, char byte)
{
	return c->left.n && c->left.p[0] == byte;
}

static void skip_byte(struct cursor *c)
{
	c->left = span_from(c->left, 1);
}

/* Over a scalar, or over brackets with all that is in them. */
static void skip_value(struct cursor *c)
{
	unsigned depth = 0;

	cursor_blank(c);
	do {
		if (next_is(c, '"')) {
			cursor_quoted(c);
		} else if (next_is(c, '{') || next_is(c, '[')) {
			depth++;
			skip_byte(c);
		} else if (next_is(c, '}') || next_is(c, ']')) {
			depth--;
			skip_byte(c);
		} else if (depth) {
			skip_byte(c);
		} else {
			while (c->left.n && !byte_is(c->left.p[0], BLANK | COMMA) && !next_is(c, '}') &&
			       !next_is(c, ']'))
				skip_byte(c);
		}
	} while (depth && c->left.n && !c->failed);
}

static void skip_key(struct cursor *c)
{
	cursor_quoted(c);
	cursor_sep(c, ':');
}

/* From an opening bracket to the key or element number at. */
static void skip_to(struct cursor *c, size_t at, bool object)
{
	skip_byte(c);
	cursor_blank(c);
	while (at-- && c->left.n && !c->failed) {
		if (object)
			skip_key(c);
		skip_value(c);
		cursor_sep(c, ',');
	}
}

static void go_to(struct cursor *c, const struct step *s, enum step_part part)
{
	if (!s) {
		cursor_blank(c);
		return;
	}
	go_to(c, s->up, STEP_VALUE);
	skip_to(c, s->at, s->key != NULL);
	if (s->key && part == STEP_VALUE)
		skip_key(c);
}

struct place step_place(struct span text, const struct step *s, enum step_part part)
{
	struct cursor c = { .left = text };
	struct place place = { 1, 1 };

	go_to(&c, s, part);
	for (const char *p = text.p; p < c.left.p; p++) {
		if (*p == '\n') {
			place.line++;
			place.column = 1;
		} else if (((unsigned char)*p & 0xc0) != 0x80) { /* not a continuation byte of UTF-8 */
			place.column++;
		}
	}
	return place;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/escape.h"

#include "alg/base/cursor.h"

static bool is_raw(char c)
{
	return byte_is(c, DIGIT | ALPHA) || memchr("-_.!~*'()[]/?:+$", c, 16);
}

void escape_write(struct writer *w, struct span plain)
{
	static const char digits[] = "0123456789ABCDEF";

	for (uint32_t i = 0; i < plain.n; i++) {
		unsigned char c = (unsigned char)plain.p[i];

		if (is_raw(plain.p[i])) {
			writer_byte(w, plain.p[i]);
			continue;
		}
		writer_byte(w, '%');
		writer_byte(w, digits[c >> 4]);
		writer_byte(w, digits[c & 15]);
	}
}

static unsigned hex_value(char c)
{
	return byte_is(c, DIGIT) ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

/* The next byte after one unescape; s must not be empty. */
static char plain_next(struct span *s)
{
	char c = s->p[0];
	uint32_t used = 1;

	if (c == '%' && s->n >= 3 && byte_is(s->p[1], HEX) && byte_is(s->p[2], HEX)) {
		c = (char)(hex_value(s->p[1]) << 4 | hex_value(s->p[2]));
		used = 3;
	}
	*s = span_from(*s, used);
	return c;
}

void escape_read(struct writer *w, struct span escaped)
{
	while (escaped.n) {
		char c = plain_next(&escaped);

		w->failed |= byte_is(c, CONTROL) || c == '\r' || c == '\n';
		writer_byte(w, c);
	}
}

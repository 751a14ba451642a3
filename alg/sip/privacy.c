/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/privacy.h"

#include "alg/base/cursor.h"

static const struct {
	struct span name;
	unsigned bit;
} values[] = {
	{ { "header", 6 }, PRIVACY_HEADER },   { { "session", 7 }, PRIVACY_SESSION },   { { "user", 4 }, PRIVACY_USER },
	{ { "none", 4 }, PRIVACY_NONE },       { { "critical", 8 }, PRIVACY_CRITICAL }, { { "id", 2 }, PRIVACY_ID },
	{ { "history", 7 }, PRIVACY_HISTORY },
};

enum { VALUES = sizeof(values) / sizeof(values[0]) };

static unsigned bit_of(struct span name)
{
	for (unsigned i = 0; i < VALUES; i++)
		if (span_ieq(name, values[i].name))
			return values[i].bit;
	return 0;
}

unsigned privacy_read(const struct sip_msg *m)
{
	unsigned set = 0;

	for (const struct sip_field *f = sip_field_first(m, SIP_HDR_PRIVACY); f; f = sip_field_next(m, f)) {
		struct cursor c = { .left = sip_field_value(m, f) };

		while (c.left.n) {
			set |= bit_of(span_trim(cursor_until(&c, SEMICOLON | COMMA)));
			cursor_take(&c, c.left.n > 0);
		}
	}
	return set;
}

void privacy_write(struct writer *w, unsigned set)
{
	bool first = true;

	for (unsigned i = 0; i < VALUES; i++) {
		if (!(set & values[i].bit))
			continue;
		if (!first)
			writer_byte(w, ';');
		writer_put(w, values[i].name);
		first = false;
	}
}

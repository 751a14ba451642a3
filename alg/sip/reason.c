/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/reason.h"

#include "alg/base/cursor.h"
#include "alg/sip/params.h"

enum { CAUSE_MAX = 999 };

static int cause_keep(struct reason *r, struct span value)
{
	uint32_t v;

	if (r->cause || span_u32(value, &v) || v > CAUSE_MAX)
		return -1;
	r->cause = (uint16_t)v;
	return 0;
}

static int params_read(struct span left, struct reason *r)
{
	struct param p;
	int got;

	while ((got = param_next(&left, &p)) == 1) {
		if (span_ieq(p.name, SPAN("cause")) && cause_keep(r, p.value))
			return -1;
		if (span_ieq(p.name, SPAN("text")))
			r->text = p.value;
	}
	return got;
}

int reason_parse(struct span s, struct reason *out)
{
	struct cursor c = { .left = span_trim(s) };
	struct reason r = { 0 };

	r.protocol = cursor_token(&c);
	cursor_blank(&c);
	if (c.failed || params_read(c.left, &r))
		return -1;
	*out = r;
	return 0;
}

static void text_write(struct writer *w, struct span text)
{
	bool quoted = text.p[0] == '"';

	writer_put(w, quoted ? SPAN(";text=") : SPAN(";text=\""));
	writer_put(w, text);
	if (!quoted)
		writer_byte(w, '"');
}

void reason_write(struct writer *w, const struct reason *r)
{
	writer_put(w, r->protocol);
	if (r->cause) {
		writer_put(w, SPAN(";cause="));
		writer_u64(w, r->cause);
	}
	if (r->text.n)
		text_write(w, r->text);
}

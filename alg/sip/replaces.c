/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/replaces.h"

#include "alg/base/cursor.h"
#include "alg/sip/params.h"

/* How the two headers call the same tags. */
struct names {
	struct span to_tag, from_tag;
};

static const struct names replaces_names = { { "to-tag", 6 }, { "from-tag", 8 } };
static const struct names target_dialog_names = { { "local-tag", 9 }, { "remote-tag", 10 } };

static int tag_keep(struct span *to, struct span value)
{
	if (span_is_set(*to) || !span_all(value, TOKEN))
		return -1;
	*to = value;
	return 0;
}

static int params_read(struct span left, const struct names *names, struct replaces *r)
{
	struct param p;
	int got;

	while ((got = param_next(&left, &p)) == 1) {
		if (span_ieq(p.name, names->to_tag) && tag_keep(&r->to_tag, p.value))
			return -1;
		if (span_ieq(p.name, names->from_tag) && tag_keep(&r->from_tag, p.value))
			return -1;
		r->early_only |= span_ieq(p.name, SPAN("early-only"));
	}
	return got;
}

static int dialog_parse(struct span s, const struct names *names, struct replaces *out)
{
	struct cursor c = { .left = span_trim(s) };
	struct replaces r = { 0 };

	r.call_id = cursor_until(&c, BLANK | CONTROL | COMMA | SEMICOLON);
	cursor_blank(&c);
	if (r.call_id.n == 0 || params_read(c.left, names, &r))
		return -1;
	if (!span_is_set(r.to_tag) || !span_is_set(r.from_tag))
		return -1;
	*out = r;
	return 0;
}

static void dialog_write(struct writer *w, const struct names *names, const struct replaces *r)
{
	writer_put(w, r->call_id);
	writer_byte(w, ';');
	writer_put(w, names->to_tag);
	writer_byte(w, '=');
	writer_put(w, r->to_tag);
	writer_byte(w, ';');
	writer_put(w, names->from_tag);
	writer_byte(w, '=');
	writer_put(w, r->from_tag);
}

int replaces_parse(struct span s, struct replaces *out)
{
	return dialog_parse(s, &replaces_names, out);
}

int target_dialog_parse(struct span s, struct replaces *out)
{
	return dialog_parse(s, &target_dialog_names, out);
}

void replaces_write(struct writer *w, const struct replaces *r)
{
	dialog_write(w, &replaces_names, r);
	if (r->early_only)
		writer_put(w, SPAN(";early-only"));
}

void target_dialog_write(struct writer *w, const struct replaces *r)
{
	dialog_write(w, &target_dialog_names, r);
}

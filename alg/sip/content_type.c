/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/content_type.h"

#include "alg/base/cursor.h"
#include "alg/sip/params.h"

int content_type_parse(struct span s, struct content_type *out)
{
	struct cursor c = { .left = span_trim(s) };
	struct content_type v;

	v.type = cursor_token(&c);
	cursor_sep(&c, '/');
	v.subtype = cursor_token(&c);
	cursor_blank(&c);
	v.params = c.left;
	if (c.failed || !params_ok(v.params))
		return -1;
	*out = v;
	return 0;
}

int content_type_read(struct span s, struct content_type *out)
{
	if (content_type_parse(s, out) == 0)
		return 0;
	return content_type_parse(span_slice(s, 0, span_find(s, ';')), out);
}

bool content_type_matches(const struct content_type *v, struct span type)
{
	/* Most differ in their length. */
	return v->type.n + 1 + v->subtype.n == type.n && type.p[v->type.n] == '/' &&
	       span_ieq(v->type, span_slice(type, 0, v->type.n)) &&
	       span_ieq(v->subtype, span_from(type, v->type.n + 1));
}

bool content_type_is(struct span value, struct span type)
{
	struct content_type v;

	return content_type_parse(value, &v) == 0 && content_type_matches(&v, type);
}

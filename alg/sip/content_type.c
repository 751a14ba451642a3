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

bool content_type_is(struct span value, struct span type)
{
	uint32_t slash = span_find(type, '/');
	struct content_type v;

	return content_type_parse(value, &v) == 0 && span_ieq(v.type, span_slice(type, 0, slash)) &&
	       span_ieq(v.subtype, span_from(type, slash + 1));
}

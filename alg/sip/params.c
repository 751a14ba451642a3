/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/params.h"

#include "alg/base/cursor.h"

enum {
	VALUE_STOP = BLANK | CONTROL | SEMICOLON | COMMA | QUOTE | LESS | GREATER,
	NAME_STOP = VALUE_STOP | EQUALS | AT,
};

static struct span value_read(struct cursor *c)
{
	struct span v;

	cursor_blank(c);
	if (c->left.n && c->left.p[0] == '"')
		return cursor_quoted(c);
	v = cursor_until(c, VALUE_STOP);
	c->failed |= v.n == 0;
	return v;
}

int param_next(struct span *left, struct param *out)
{
	struct cursor c = { .left = *left };
	struct param p = { 0 };

	cursor_blank(&c);
	if (cursor_empty(&c))
		return 0;
	cursor_sep(&c, ';');
	p.name = cursor_until(&c, NAME_STOP);
	cursor_blank(&c);
	if (cursor_try(&c, '='))
		p.value = value_read(&c);
	cursor_blank(&c);
	if (c.failed || p.name.n == 0 || (c.left.n && c.left.p[0] != ';'))
		return -1;
	*left = c.left;
	*out = p;
	return 1;
}

struct span params_get(struct span params, struct span name)
{
	struct param p;

	while (param_next(&params, &p) == 1)
		if (span_ieq(p.name, name))
			return span_is_set(p.value) ? p.value : span_of(p.name.p + p.name.n, 0);
	return (struct span){ 0 };
}

bool params_has(struct span params, struct span name)
{
	return span_is_set(params_get(params, name));
}

bool params_ok(struct span params)
{
	struct param p;
	int got;

	while ((got = param_next(&params, &p)) == 1)
		;
	return got == 0;
}

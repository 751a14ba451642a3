/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/bencode.h"

#include "alg/base/cursor.h"

/* "5:hello". Read by hand: a dictionary is little else, and this is half of what reading one takes. */
static int take_string(struct cursor *c, struct ng_value *out)
{
	const char *p = c->left.p;
	uint64_t n = 0;
	uint32_t i = 0;

	while (i < c->left.n && byte_is(p[i], DIGIT) && n <= UINT32_MAX)
		n = n * 10 + (uint64_t)(p[i++] - '0');
	if (i == 0 || i == c->left.n || p[i++] != ':' || n > c->left.n - i)
		return -1;
	*out = (struct ng_value){ .kind = NG_STRING, .text = span_of(p + i, n) };
	c->left = span_of(p + i + n, c->left.n - i - n);
	return 0;
}

/* "i-5e" */
static int take_integer(struct cursor *c, struct ng_value *out)
{
	struct span text;
	bool minus;
	uint64_t v;

	cursor_try(c, 'i');
	text = c->left;
	minus = cursor_try(c, '-');
	v = cursor_number(c, minus ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX);
	text.n -= c->left.n;
	if (!cursor_try(c, 'e'))
		return -1;
	/* Through unsigned: INT64_MIN has no positive twin. */
	*out = (struct ng_value){ .kind = NG_INTEGER, .text = text, .integer = (int64_t)(minus ? 0 - v : v) };
	return 0;
}

static int take(struct cursor *c, unsigned depth, struct ng_value *out);

/* "d1:k1:ve" or "l1:ve" */
static int take_container(struct cursor *c, unsigned depth, struct ng_value *out)
{
	struct ng_value v = { .kind = c->left.p[0] == 'd' ? NG_DICT : NG_LIST_KIND, .text = c->left };
	struct ng_value inner;

	if (depth == 0)
		return -1;
	c->left = span_from(c->left, 1);
	while (!cursor_try(c, 'e')) {
		if (v.kind == NG_DICT && take_string(c, &inner))
			return -1;
		if (take(c, depth - 1, &inner))
			return -1;
	}
	v.text.n -= c->left.n;
	*out = v;
	return 0;
}

static int take(struct cursor *c, unsigned depth, struct ng_value *out)
{
	if (cursor_empty(c))
		return -1;
	switch (c->left.p[0]) {
	case 'd':
	case 'l':
		return take_container(c, depth, out);
	case 'i':
		return take_integer(c, out);
	default:
		return take_string(c, out);
	}
}

int bencode_take(struct span text, uint32_t *at, struct ng_value *out)
{
	struct cursor c = { .left = span_from(text, *at) };

	if (take(&c, NG_DEPTH_MAX, out))
		return -1;
	*at = text.n - c.left.n;
	return 0;
}

/* ng_next(); depth: how many dictionaries and lists may nest in a value. */
static int member_take(struct span container, uint32_t *at, unsigned depth, struct span *key, struct ng_value *out)
{
	uint32_t pos = *at ? *at : 1;
	struct ng_value name = { 0 };
	struct cursor c;

	if (container.n < 2 || (container.p[0] != 'd' && container.p[0] != 'l'))
		return -1;
	if (pos >= container.n)
		return -1;
	if (container.p[pos] == 'e')
		return 0;
	c = (struct cursor){ .left = span_from(container, pos) };
	if (container.p[0] == 'd' && take_string(&c, &name))
		return -1;
	if (take(&c, depth, out))
		return -1;
	*key = name.text;
	*at = container.n - c.left.n;
	return 1;
}

int ng_next(struct span container, uint32_t *at, struct span *key, struct ng_value *out)
{
	return member_take(container, at, NG_DEPTH_MAX, key, out);
}

int bencode_member(struct span text, uint32_t *at, struct span *key, struct ng_value *out)
{
	int more;

	if (text.n == 0 || text.p[0] != 'd')
		return -1;
	more = member_take(text, at, NG_DEPTH_MAX - 1, key, out);
	if (more)
		return more;
	*at = (*at ? *at : 1) + 1;
	return span_trim(span_from(text, *at)).n ? -1 : 0;
}

int ng_find(struct span dict, struct span key, struct ng_value *out)
{
	struct ng_value value;
	struct span name;
	uint32_t at = 0;

	if (dict.n == 0 || dict.p[0] != 'd')
		return -1;
	while (ng_next(dict, &at, &name, &value) > 0) {
		if (!span_eq(name, key))
			continue;
		*out = value;
		return 0;
	}
	return -1;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/nameaddr.h"

#include "alg/base/cursor.h"
#include "alg/sip/params.h"

/* What can stand raw neither in a URI in brackets nor in one without. */
enum { URI_STOP = BLANK | CONTROL | QUOTE | LESS | GREATER };

static bool is_plain_display(char c)
{
	/* UTF-8 without quotes is not in the grammar, but phones send it. */
	return byte_is(c, TOKEN | BLANK) || (unsigned char)c >= 0x80;
}

/* Up to the "<", quoted or as words. False where the value is no name-addr: then nothing was taken. */
static bool display_read(struct cursor *c, struct nameaddr *v)
{
	struct span all = c->left;
	uint32_t i = 0;

	if (all.n && all.p[0] == '"') {
		v->display = cursor_quoted(c);
		cursor_blank(c);
		if (c->left.n == 0 || c->left.p[0] != '<')
			c->failed = true;
		return true;
	}
	while (i < all.n && is_plain_display(all.p[i]))
		i++;
	if (i == all.n || all.p[i] != '<')
		return false;
	v->display = span_trim(span_slice(all, 0, i));
	if (v->display.n == 0)
		v->display = (struct span){ 0 };
	c->left = span_from(all, i);
	return true;
}

static void bracketed_read(struct cursor *c, struct nameaddr *v)
{
	cursor_try(c, '<');
	v->bracketed = true;
	v->uri = cursor_until(c, URI_STOP);
	if (!cursor_try(c, '>'))
		c->failed = true;
}

/* Without brackets a comma, question mark or semicolon is not the URI's (RFC 3261 20.10); an '@' behind it would mean
 * that it was meant to be, and two readers would see two users. */
static void bare_read(struct cursor *c, struct nameaddr *v)
{
	struct span left;
	struct param p;

	v->uri = cursor_until(c, URI_STOP | SEMICOLON | COMMA | QUESTION);
	left = c->left;
	while (param_next(&left, &p) == 1)
		if (span_is_set(p.value) && p.value.p[0] != '"' && span_find(p.value, '@') < p.value.n)
			c->failed = true;
}

static int params_read(struct nameaddr *v)
{
	struct span left = v->params;
	struct param p;
	unsigned tags = 0;
	int got;

	while ((got = param_next(&left, &p)) == 1) {
		if (!span_ieq(p.name, SPAN("tag")))
			continue;
		if (tags++ == 0)
			v->tag = p.value;
		v->tag_unclear = tags > 1 || !span_is_set(p.value);
	}
	return got;
}

int nameaddr_parse(struct span s, struct nameaddr *out)
{
	struct cursor c = { .left = span_trim(s) };
	struct nameaddr v = { 0 };

	if (span_eq(c.left, SPAN("*"))) {
		*out = (struct nameaddr){ .star = true };
		return 0;
	}
	if (display_read(&c, &v))
		bracketed_read(&c, &v);
	else
		bare_read(&c, &v);
	cursor_blank(&c);
	if (c.failed || v.uri.n == 0)
		return -1;
	if (c.left.n) {
		v.params = c.left;
		if (params_read(&v))
			return -1;
	}
	*out = v;
	return 0;
}

struct span nameaddr_tag(struct span value)
{
	struct nameaddr v;

	return nameaddr_parse(value, &v) ? (struct span){ 0 } : v.tag;
}

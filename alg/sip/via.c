/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/via.h"

#include "alg/base/cursor.h"
#include "alg/sip/params.h"
#include "alg/sip/uri.h"

/* Blanks may stand around the colon (RFC 3261 25.1, COLON). */
static void sent_by_read(struct cursor *c, struct via *v)
{
	const char *begin = c->left.p;
	bool literal = c->left.n && begin[0] == '[';

	v->host = cursor_until(c, literal ? BLANK | SEMICOLON : BLANK | SEMICOLON | COLON);
	if (literal && !c->failed) {
		v->host = span_slice(v->host, 0, span_find(v->host, ']') + 1);
		c->left = span_of(begin + v->host.n, (size_t)(c->left.p + c->left.n - begin) - v->host.n);
	}
	v->sent_by = v->host;
	cursor_blank(c);
	if (cursor_try(c, ':')) {
		cursor_blank(c);
		v->port = (uint16_t)cursor_number(c, UINT16_MAX);
		c->failed |= v->port == 0;
		if (!c->failed)
			v->sent_by = span_of(begin, (size_t)(c->left.p - begin));
		cursor_blank(c);
	}
	c->failed |= !uri_host_ok(v->host);
}

/* Each of the parameters we read may be there once; only rport may stand without a value (RFC 3581 3). */
static int param_keep(struct via *v, const struct param *p)
{
	struct span *to = NULL;

	if (span_ieq(p->name, SPAN("branch")))
		to = &v->branch;
	else if (span_ieq(p->name, SPAN("received")))
		to = &v->received;
	else if (span_ieq(p->name, SPAN("rport")))
		to = &v->rport;
	if (!to)
		return 0;
	if (span_is_set(*to) || (!span_is_set(p->value) && to != &v->rport))
		return -1;
	*to = span_is_set(p->value) ? p->value : span_of(p->name.p + p->name.n, 0);
	return 0;
}

static int params_read(struct via *v)
{
	struct span left = v->params;
	struct param p;
	int got;

	while ((got = param_next(&left, &p)) == 1)
		if (param_keep(v, &p))
			return -1;
	return got;
}

/* "SIP/2.0/", mostly as it stands here. */
static void version_read(struct cursor *c)
{
	const struct span plain = SPAN("SIP/2.0/");

	if (span_starts(c->left, plain)) {
		cursor_take(c, plain.n);
		cursor_blank(c);
		return;
	}
	cursor_word(c, SPAN("SIP"));
	cursor_sep(c, '/'); /* takes the blanks around it (RFC 4475, wsinv) */
	cursor_word(c, SPAN("2.0"));
	cursor_sep(c, '/');
}

int via_parse(struct span s, struct via *out)
{
	struct cursor c = { .left = span_trim(s) };
	struct via v = { 0 };

	version_read(&c);
	v.transport = cursor_token(&c);
	cursor_while(&c, BLANK);
	sent_by_read(&c, &v);
	v.params = c.left;
	if (c.failed || params_read(&v))
		return -1;
	*out = v;
	return 0;
}

bool via_has_cookie(const struct via *v)
{
	const struct span cookie = SPAN("z9hG4bK");

	return v->branch.n > cookie.n && span_istarts(v->branch, cookie);
}

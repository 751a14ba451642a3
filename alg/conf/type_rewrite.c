/* SPDX-License-Identifier: BSD-3-Clause */
/* Types of numbers: user parts, and how one becomes another. */
#include "alg/base/cursor.h"
#include "alg/conf/pattern.h"
#include "alg/conf/type.h"

enum { USER_MAX = 128 };

/* RFC 3261 25.1: unreserved / user-unreserved; the marks of a token but % and `, and these. */
static bool is_user_byte(char c)
{
	return c != '%' && c != '`' && (byte_is(c, TOKEN) || (c && strchr("()&=+$,;?/", c)));
}

bool type_is_user(struct span s)
{
	for (uint32_t i = 0; i < s.n; i++)
		if (!is_user_byte(s.p[i]))
			return false;
	return s.n > 0 && s.n <= USER_MAX;
}

static bool read_user(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	if (!type_want(l, at, v, JSON_STRING, "the user part of an address"))
		return false;
	if (!type_is_user(load_text(v)))
		return load_fail(l, at, STEP_VALUE, "\"%.*s\" is not the user part of an address",
				 SPAN_ARG(load_text(v)));
	*(const char **)(void *)((char *)record + k->offset) = load_keep(l, load_text(v));
	return true;
}

/* What may stand in a user part, and \\0 to \\N where the expression has N groups. */
static bool text_is_sound(struct load *l, const struct step *at, struct span text, unsigned groups)
{
	if (text.n > USER_MAX)
		return load_fail(l, at, STEP_VALUE, "the text after => is longer than %d bytes", USER_MAX);
	for (uint32_t i = 0; i < text.n; i++) {
		if (text.p[i] != '\\') {
			if (!is_user_byte(text.p[i]))
				return load_fail(l, at, STEP_VALUE, "\"%.*s\" cannot stand in a number",
						 SPAN_ARG(text));
			continue;
		}
		if (++i == text.n || !byte_is(text.p[i], DIGIT))
			return load_fail(l, at, STEP_VALUE, "after a backslash comes a digit, the number of a group");
		if ((unsigned)(text.p[i] - '0') > groups)
			return load_fail(l, at, STEP_VALUE, "\\%c: the expression has %u groups in ( )", text.p[i],
					 groups);
	}
	return true;
}

struct rewrites {
	struct conf_rewrite *list;
	unsigned *n;
};

static bool rewrite_add(struct load *l, const struct step *at, const json_t *v, void *ctx)
{
	struct rewrites *r = ctx;
	struct span s, text;
	const char *match;
	char why[128];
	uint32_t arrow;

	if (!type_want(l, at, v, JSON_STRING, "a text such as \"^00(.*) => +\\1\""))
		return false;
	s = load_text(v);
	arrow = span_search(s, SPAN("=>"));
	if (arrow >= s.n)
		return load_fail(l, at, STEP_VALUE, "expected an expression, => and a text, as \"^00(.*) => +\\1\"");
	text = span_trim(span_from(s, arrow + 2));
	match = load_keep(l, span_trim(span_slice(s, 0, arrow)));
	if (pattern_check(match, why, sizeof(why)))
		return load_fail(l, at, STEP_VALUE, "not a usable regular expression: %s", why);
	if (!text_is_sound(l, at, text, pattern_groups(match)))
		return false;
	r->list[(*r->n)++] = (struct conf_rewrite){ match, load_keep(l, text) };
	return true;
}

static bool read_rewrites(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	struct rewrites r = { (void *)((char *)record + k->offset), (void *)((char *)record + k->count) };

	return type_each(l, at, v, k->max, rewrite_add, &r);
}

const struct key_type type_user = { "text", read_user };
const struct key_type type_rewrites = { "list of texts", read_rewrites };

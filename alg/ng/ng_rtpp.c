/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/ng_rtpp.h"

#include "alg/base/cursor.h"
#include "alg/base/writer.h"
#include "alg/ng/ng_flag.h"
#include "alg/ng/ng_key.h"

enum { RTPP_DEPTH_MAX = NG_DEPTH_MAX - 2 }; /* the request is one dictionary, the string may be a value in it */

/* Up to a blank or a bracket; the first "=" ends a key. */
static struct span word_take(struct cursor *c)
{
	uint32_t i = 0;

	while (i < c->left.n && !byte_is(c->left.p[i], BLANK) && c->left.p[i] != '[' && c->left.p[i] != ']')
		i++;
	return cursor_take(c, i);
}

static bool next_is(const struct cursor *c, char byte)
{
	return c->left.n && c->left.p[0] == byte;
}

static void put_text(struct writer *w, struct span s)
{
	writer_u64(w, s.n);
	writer_byte(w, ':');
	writer_put(w, s);
}

/* "strip=" before a bracket is a key. */
static bool is_key(struct span word, const struct cursor *c)
{
	return word.n > 1 && word.p[word.n - 1] == '=' && next_is(c, '[');
}

/* In brackets are members where the first word is "key=value" or "key=[...]", else words. */
static bool has_members(struct cursor c)
{
	struct span word;

	cursor_blank(&c);
	word = word_take(&c);
	return word.n && span_find(word, '=') < word.n;
}

static void put_brackets(struct cursor *c, unsigned depth, struct writer *w);

static void put_value(struct cursor *c, struct span text, unsigned depth, struct writer *w)
{
	if (text.n == 0 && next_is(c, '['))
		put_brackets(c, depth, w);
	else
		put_text(w, text);
}

/* One word of a list, or member of a dictionary: "strip=[PCMU]", "mask=all", "all", of which the value is empty. */
static void put_item(struct cursor *c, bool is_dict, unsigned depth, struct writer *w)
{
	struct span word = word_take(c);
	uint32_t equals = span_find(word, '=');

	if (is_dict) {
		put_text(w, span_slice(word, 0, equals));
		put_value(c, span_from(word, equals + 1), depth, w);
		return;
	}
	put_value(c, word, depth, w);
}

/* "[a b]", "[a=b c=[d]]"; c fails where it is not closed, or nests too deeply. */
static void put_brackets(struct cursor *c, unsigned depth, struct writer *w)
{
	bool is_dict;

	cursor_take(c, 1);
	is_dict = has_members(*c);
	writer_byte(w, is_dict ? 'd' : 'l');
	for (cursor_blank(c); !cursor_try(c, ']'); cursor_blank(c)) {
		if (depth == 0 || cursor_empty(c) || w->failed) {
			c->failed = true;
			return;
		}
		put_item(c, is_dict, depth - 1, w);
		if (c->failed)
			return;
	}
	writer_byte(w, 'e');
}

/* What only has brackets around it, such as an IPv6 address. */
static int take_single(struct ng_request *r, struct span key, struct span brackets)
{
	struct span inside = span_trim(span_slice(brackets, 1, brackets.n - 1));

	if (span_find(inside, ' ') < inside.n || span_find(inside, '[') < inside.n)
		return -1;
	return ng_key_take_flag(r, key, inside);
}

/* key=[...]. Its text is told where it makes no sense. */
static int take_brackets(struct ng_request *r, struct span key, struct cursor *c, struct span *mem)
{
	struct writer w = writer_over((char *)(uintptr_t)mem->p, mem->n);
	struct ng_value v = { .kind = NG_LIST_KIND };
	struct span text = c->left;

	put_brackets(c, RTPP_DEPTH_MAX, &w);
	if (c->failed || w.failed || !ng_key_may_be_flag(key)) {
		ng_unknown_add(r, key);
		return 0;
	}
	text.n -= c->left.n;
	v.text = writer_done(&w);
	if (v.text.p[0] == 'd')
		v.kind = NG_DICT;
	*mem = span_from(*mem, w.n);
	return ng_key_take_value(r, key, &v) ? take_single(r, key, text) : 0;
}

int ng_rtpp_take(struct ng_request *r, struct span text, struct span *mem)
{
	struct cursor c = { .left = text };
	int failed = 0;

	for (cursor_blank(&c); !cursor_empty(&c) && !c.failed && !failed; cursor_blank(&c)) {
		struct span word = word_take(&c);

		if (word.n == 0)
			ng_unknown_add(r, cursor_take(&c, 1));
		else if (is_key(word, &c))
			failed = take_brackets(r, span_slice(word, 0, word.n - 1), &c, mem);
		else
			failed = ng_flag_take(r, word);
	}
	return failed;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/ng_edit.h"

#include "alg/ng/ng_key.h"
#include "alg/ng/ng_word.h"

/* The words of a key, one of which stands before what it is done to. */
struct deed {
	struct span word;
	uint8_t what;
};

static const struct deed *deed_of(const struct deed *deeds, struct span word)
{
	for (; span_is_set(deeds->word); deeds++)
		if (ng_word_eq(word, deeds->word))
			return deeds;
	return NULL;
}

/* "deed-rest": the deed is taken off the front. NULL where it is none. */
static const struct deed *deed_take(const struct deed *deeds, struct span *text)
{
	const uint32_t dash = ng_word_hyphen(*text);
	const struct deed *d = deed_of(deeds, span_slice(*text, 0, dash));

	*text = span_from(*text, dash + 1);
	return d;
}

/* --- sdp-attr --- */

static const struct deed acts[] = {
	{ SPAN("add"), SDP_PATCH_ADD },
	{ SPAN("remove"), SDP_PATCH_REMOVE },
	{ SPAN("substitute"), SDP_PATCH_SUBSTITUTE },
	{ { 0 }, 0 },
};

static struct span kind_named(struct span name)
{
	static const struct span session[] = { SPAN("none"), SPAN("global"), SPAN("session") };

	for (unsigned i = 0; i < sizeof(session) / sizeof(session[0]); i++)
		if (ng_word_eq(name, session[i]))
			return (struct span){ 0 };
	return name;
}

static void patch_add(struct ng_request *r, const struct ng_key *k, struct sdp_patch p)
{
	if (r->npatch == NG_PATCH_MAX || p.which.n == 0 || (p.act == SDP_PATCH_SUBSTITUTE && p.with.n == 0))
		ng_unknown_add(r, k->name);
	else
		r->patch[r->npatch++] = p;
}

/* The first two texts of a list. */
static struct sdp_patch patch_pair(struct sdp_patch p, struct span list)
{
	struct ng_value item;
	struct span none;
	uint32_t at = 0;

	for (unsigned i = 0; i < 2 && ng_next(list, &at, &none, &item) > 0; i++)
		if (item.kind == NG_STRING)
			*(i ? &p.with : &p.which) = item.text;
	return p;
}

/* "from>to", or the text of what is added or removed. */
static struct sdp_patch patch_text(struct sdp_patch p, struct span text)
{
	const uint32_t greater = p.act == SDP_PATCH_SUBSTITUTE ? span_find(text, '>') : text.n;

	p.which = span_slice(text, 0, greater);
	p.with = span_from(text, greater + 1);
	return p;
}

static bool is_pair(struct span list)
{
	struct ng_value first, second;
	struct span none;
	uint32_t at = 0;

	return ng_next(list, &at, &none, &first) > 0 && ng_next(list, &at, &none, &second) > 0 &&
	       first.kind == NG_STRING && second.kind == NG_STRING && span_find(first.text, '>') == first.text.n;
}

static void patch_item(struct ng_request *r, const struct ng_key *k, struct sdp_patch p, const struct ng_value *v)
{
	if (v->kind == NG_LIST_KIND)
		patch_add(r, k, patch_pair(p, v->text));
	else if (v->kind == NG_STRING)
		patch_add(r, k, patch_text(p, v->text));
	else
		ng_unknown_add(r, k->name);
}

/* What one deed is done to: a text, a list of texts, or of pairs, or one pair. */
static void patch_values(struct ng_request *r, const struct ng_key *k, struct sdp_patch p, const struct ng_value *v)
{
	struct ng_value item;
	struct span none;
	uint32_t at = 0;

	if (v->kind != NG_LIST_KIND)
		patch_item(r, k, p, v);
	else if (p.act == SDP_PATCH_SUBSTITUTE && is_pair(v->text))
		patch_add(r, k, patch_pair(p, v->text));
	else
		while (ng_next(v->text, &at, &none, &item) > 0)
			patch_item(r, k, p, &item);
}

static void patch_kind(struct ng_request *r, const struct ng_key *k, struct span kind, const struct ng_value *v)
{
	struct ng_value item;
	struct span word;
	uint32_t at = 0;

	if (v->kind != NG_DICT) {
		ng_unknown_add(r, k->name);
		return;
	}
	while (ng_next(v->text, &at, &word, &item) > 0) {
		const struct deed *d = deed_of(acts, word);

		if (d)
			patch_values(r, k, (struct sdp_patch){ .act = (enum sdp_patch_act)d->what, .kind = kind },
				     &item);
		else
			ng_unknown_add(r, k->name);
	}
}

/* "remove-audio-b" */
static void patch_word(struct ng_request *r, const struct ng_key *k, struct span text)
{
	const struct deed *d = deed_take(acts, &text);
	const uint32_t dash = ng_word_hyphen(text);
	struct sdp_patch p = { .kind = kind_named(span_slice(text, 0, dash)) };

	if (!d) {
		ng_unknown_add(r, k->name);
		return;
	}
	p.act = (enum sdp_patch_act)d->what;
	patch_add(r, k, patch_text(p, span_from(text, dash + 1)));
}

int ng_take_patch(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
{
	struct ng_value item;
	struct span kind;
	uint32_t at = 0;

	if (v->kind == NG_STRING)
		patch_word(r, k, v->text);
	else if (v->kind == NG_DICT)
		while (ng_next(v->text, &at, &kind, &item) > 0)
			patch_kind(r, k, kind_named(kind), &item);
	else
		ng_unknown_add(r, k->name);
	return 0;
}

/* --- sdp-media-remove --- */

static void kind_add(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
{
	if (v->kind != NG_STRING || v->text.n == 0 || r->nhide == NG_HIDE_MAX)
		ng_unknown_add(r, k->name);
	else
		r->hide[r->nhide++] = v->text;
}

int ng_take_kinds(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
{
	struct ng_value item;
	struct span none;
	uint32_t at = 0;

	if (v->kind != NG_LIST_KIND)
		kind_add(r, k, v);
	else
		while (ng_next(v->text, &at, &none, &item) > 0)
			kind_add(r, k, &item);
	return 0;
}

/* --- extmap --- */

/* Of the packets nothing is changed, so that what is masked is what is stripped. */
static const struct deed extmap_deeds[] = {
	{ SPAN("strip"), false },
	{ SPAN("mask"), false },
	{ SPAN("except"), true },
	{ { 0 }, 0 },
};

static void extmap_add(struct ng_request *r, const struct ng_key *k, const struct deed *d, const struct ng_value *v)
{
	if (!d || v->kind != NG_STRING || v->text.n == 0 || r->nextmap == NG_EXTMAP_MAX)
		ng_unknown_add(r, k->name);
	else
		r->extmap[r->nextmap++] = (struct sdp_extmap_rule){ d->what, v->text };
}

static void extmap_values(struct ng_request *r, const struct ng_key *k, const struct deed *d, const struct ng_value *v)
{
	struct ng_value item;
	struct span none;
	uint32_t at = 0;

	if (v->kind != NG_LIST_KIND)
		extmap_add(r, k, d, v);
	else
		while (ng_next(v->text, &at, &none, &item) > 0)
			extmap_add(r, k, d, &item);
}

int ng_take_extmap(struct ng_request *r, const struct ng_key *k, const struct ng_value *v)
{
	struct ng_value item = *v;
	struct span word;
	uint32_t at = 0;

	if (v->kind == NG_STRING) {
		const struct deed *d = deed_take(extmap_deeds, &item.text);

		extmap_add(r, k, d, &item);
	} else if (v->kind == NG_DICT) {
		while (ng_next(v->text, &at, &word, &item) > 0)
			extmap_values(r, k, deed_of(extmap_deeds, word), &item);
	} else {
		ng_unknown_add(r, k->name);
	}
	return 0;
}

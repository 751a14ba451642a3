/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/leg.h"

#include <stdlib.h>

#include "rtpproxy/session/secure.h"

/* A copy of its own; absent only without memory. */
static struct span text_keep(struct span s)
{
	char *copy = malloc(s.n + 1);

	if (!copy)
		return (struct span){ 0 };
	if (s.n)
		memcpy(copy, s.p, s.n);
	return span_of(copy, s.n);
}

struct leg *leg_new(uint8_t realm, struct span via_branch, uint64_t sdp_id)
{
	struct leg *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->realm = realm;
	l->sdp_id = sdp_id;
	if (!span_is_set(via_branch))
		return l;
	l->via_branch = text_keep(via_branch);
	if (span_is_set(l->via_branch))
		return l;
	leg_free(l);
	return NULL;
}

static struct leg_tag *leg_tag_take(struct leg *l, struct leg_tag **link)
{
	struct leg_tag *t = *link;

	*link = t->next;
	l->ntag--;
	return t;
}

void leg_free(struct leg *l)
{
	if (!l)
		return;
	while (l->tags)
		free(leg_tag_take(l, &l->tags));
	free((void *)l->via_branch.p);
	free((void *)l->label.p);
	free((void *)l->elsewhere.p);
	leg_settle(l);
	for (unsigned i = 0; i < l->nstream; i++) {
		target_drop(&l->stream[i].now);
		secure_free(l->stream[i].secure);
	}
	free(l->stream);
	free(l->ear);
	free(l);
}

int leg_set_label(struct leg *l, struct span label)
{
	struct span kept;

	if (span_eq(l->label, label))
		return 0;
	kept = text_keep(label);
	if (!span_is_set(kept))
		return -1;
	free((void *)l->label.p);
	l->label = kept;
	return 0;
}

int leg_set_elsewhere(struct leg *l, struct span what)
{
	struct span kept = { 0 };

	if (span_is_set(what))
		kept = text_keep(what);
	if (span_is_set(what) && !span_is_set(kept))
		return -1;
	free((void *)l->elsewhere.p);
	l->elsewhere = kept;
	return 0;
}

/* The link to it, or the last one, which holds NULL. */
static struct leg_tag **leg_tag_at(struct leg *l, struct span tag)
{
	struct leg_tag **link = &l->tags;

	while (*link && !span_eq((*link)->text, tag))
		link = &(*link)->next;
	return link;
}

bool leg_has_tag(const struct leg *l, struct span tag)
{
	const struct leg_tag *t = l->tags;

	while (t && !span_eq(t->text, tag))
		t = t->next;
	return t != NULL;
}

static void leg_tag_put(struct leg *l, struct leg_tag *t)
{
	t->next = l->tags;
	l->tags = t;
	l->ntag++;
}

static struct leg_tag *leg_tag_new(struct span text)
{
	struct leg_tag *t = malloc(sizeof(*t) + text.n + 1);

	if (!t)
		return NULL;
	if (text.n)
		memcpy(t + 1, text.p, text.n);
	t->text = span_of(t + 1, text.n);
	return t;
}

void leg_drop_tag(struct leg *l, struct span tag)
{
	struct leg_tag **link = leg_tag_at(l, tag);

	if (*link)
		free(leg_tag_take(l, link));
}

int leg_use_tag(struct leg *l, struct span tag)
{
	struct leg_tag **link = leg_tag_at(l, tag), *t;

	if (*link) {
		leg_tag_put(l, leg_tag_take(l, link));
		return 0;
	}
	t = leg_tag_new(tag);
	if (!t)
		return -1;
	/* Full: the dialog that was longest out of force is the one most likely gone. */
	if (l->ntag == LEG_TAG_MAX) {
		for (link = &l->tags; (*link)->next; link = &(*link)->next)
			;
		free(leg_tag_take(l, link));
	}
	leg_tag_put(l, t);
	return 0;
}

int leg_expect(struct leg *l, const struct target *offered, unsigned n)
{
	const struct target refused = { .known = true, .refused = true };
	struct target *offer = malloc(l->nstream * sizeof(*offer));

	if (!offer)
		return -1;
	for (unsigned i = 0; i < l->nstream; i++) {
		offer[i] = i < n ? offered[i] : refused;
		target_hold(&offer[i]);
	}
	leg_settle(l);
	l->offer = offer;
	return 0;
}

void leg_settle(struct leg *l)
{
	for (unsigned i = 0; l->offer && i < l->nstream; i++)
		target_drop(&l->offer[i]);
	free(l->offer);
	l->offer = NULL;
}

static int offer_grow(struct leg *l, unsigned n)
{
	struct target *more = realloc(l->offer, n * sizeof(*more));

	if (!more)
		return -1;
	memset(more + l->nstream, 0, (n - l->nstream) * sizeof(*more));
	l->offer = more;
	return 0;
}

int leg_grow(struct leg *l, unsigned n)
{
	struct stream *more;

	if (n <= l->nstream)
		return 0;
	if (l->offer && offer_grow(l, n))
		return -1;
	more = realloc(l->stream, n * sizeof(*more));
	if (!more)
		return -1;
	memset(more + l->nstream, 0, (n - l->nstream) * sizeof(*more));
	l->stream = more;
	l->nstream = n;
	return 0;
}

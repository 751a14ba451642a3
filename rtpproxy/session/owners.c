/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/owners.h"

#include <stdlib.h>

int owners_init(struct owners *o, const struct hash_key *key, uint64_t instance)
{
	*o = (struct owners){ .instance = instance };
	return table_init(&o->by_name, OWNERS_MAX, key);
}

void owners_fini(struct owners *o)
{
	struct owner *w;
	uint32_t pos = 0;

	while ((w = table_next(&o->by_name, &pos)) != NULL)
		free(w);
	table_fini(&o->by_name);
}

struct owner *owners_find(const struct owners *o, struct span name)
{
	return table_find(&o->by_name, name);
}

struct owner *owners_get(struct owners *o, struct span name)
{
	struct owner *w = owners_find(o, name);

	if (w)
		return w;
	w = calloc(1, sizeof(*w) + name.n + 1);
	if (!w)
		return NULL;
	memcpy(w + 1, name.p, name.n);
	w->name = span_of(w + 1, name.n);
	if (table_add(&o->by_name, w->name, w) == 0)
		return w;
	free(w);
	return NULL;
}

void owners_let_go(struct owners *o, struct owner *w)
{
	if (w->n || (w->leased && !w->lapsed))
		return;
	table_del(&o->by_name, w->name);
	free(w);
}

/* Ids go round: which of two is the younger is told by their distance. */
static bool is_behind(const struct session *s, uint32_t id)
{
	return (int32_t)(s->id - id) > 0;
}

/* Nearly always it is the youngest. */
void owners_give(struct owner *w, struct session *s)
{
	struct session *before = w->last;

	while (before && is_behind(before, s->id))
		before = before->held_before;
	s->holder = w;
	s->owner = w->name;
	s->held_before = before;
	s->held_next = before ? before->held_next : w->first;
	if (s->held_next)
		s->held_next->held_before = s;
	else
		w->last = s;
	if (before)
		before->held_next = s;
	else
		w->first = s;
	w->n++;
}

void owners_take(struct session *s)
{
	struct owner *w = s->holder;

	if (!w)
		return;
	if (s->held_before)
		s->held_before->held_next = s->held_next;
	else
		w->first = s->held_next;
	if (s->held_next)
		s->held_next->held_before = s->held_before;
	else
		w->last = s->held_before;
	if (w->told == s)
		w->told = s->held_before;
	s->held_next = s->held_before = NULL;
	s->holder = NULL;
	s->owner = (struct span){ 0 };
	w->n--;
}

struct session *owners_behind(const struct owner *w, uint32_t id)
{
	struct session *s = w->first;

	if (w->told && w->told->id == id)
		return w->told->held_next;
	while (id && s && !is_behind(s, id))
		s = s->held_next;
	return s;
}

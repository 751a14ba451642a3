/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/session.h"

#include <stdlib.h>

/* The texts lie behind the session in the same piece of memory. */
struct session *session_new(struct span call_id, struct span owner)
{
	struct session *s = calloc(1, sizeof(*s) + call_id.n + owner.n + 1);
	char *text = (char *)(s + 1);

	if (!s)
		return NULL;
	memcpy(text, call_id.p, call_id.n);
	s->call_id = span_of(text, call_id.n);
	if (owner.n) {
		memcpy(text + call_id.n, owner.p, owner.n);
		s->owner = span_of(text + call_id.n, owner.n);
	}
	return s;
}

void session_free(struct session *s)
{
	struct leg *next;

	if (!s)
		return;
	leg_free(s->near);
	for (struct leg *l = s->far; l; l = next) {
		next = l->next;
		leg_free(l);
	}
	free(s);
}

void session_join(struct session_list *all, struct session *s)
{
	s->before = NULL;
	s->next = all->first;
	if (s->next)
		s->next->before = s;
	all->first = s;
}

void session_leave(struct session_list *all, struct session *s)
{
	*(s->before ? &s->before->next : &all->first) = s->next;
	if (s->next)
		s->next->before = s->before;
	s->next = s->before = NULL;
}

struct leg *session_leg(const struct session *s, struct span tag)
{
	if (!span_is_set(tag))
		return NULL;
	if (leg_has_tag(s->near, tag))
		return s->near;
	for (struct leg *l = s->far; l; l = l->next)
		if (leg_has_tag(l, tag))
			return l;
	return NULL;
}

struct leg *session_branch(const struct session *s, struct span via_branch)
{
	for (struct leg *l = s->far; l; l = l->next)
		if (span_eq(l->via_branch, via_branch))
			return l;
	return NULL;
}

void session_add_far(struct session *s, struct leg *l)
{
	l->next = s->far;
	s->far = l;
}

void session_take_far(struct session *s, struct leg *l)
{
	struct leg **link = &s->far;

	while (*link && *link != l)
		link = &(*link)->next;
	if (!*link)
		return;
	*link = l->next;
	l->next = NULL;
	if (s->joined == l)
		s->joined = NULL;
	if (s->offerer == l)
		s->offerer = NULL;
}

struct leg *session_peer(const struct session *s, const struct leg *l)
{
	if (l == s->near)
		return s->joined;
	return l == s->joined ? s->near : NULL;
}

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

struct leg *session_next(const struct session *s, const struct leg *l)
{
	if (!l)
		return s->near;
	if (l == s->near && s->far)
		return s->far;
	return l->next || l->ear ? l->next : s->listeners;
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

void session_step_down(struct session *s)
{
	struct leg *near = s->near, *next = s->far;

	session_take_far(s, next);
	s->near = next;
	session_add_far(s, near);
}

struct leg *session_own_peer(const struct session *s, const struct leg *l)
{
	if (l == s->near)
		return s->joined;
	return l == s->joined ? s->near : NULL;
}

struct leg *session_peer(const struct session *s, const struct leg *l)
{
	struct leg *other;

	if (l->connected)
		return l->connected->leg;
	other = session_own_peer(s, l);
	return other && !other->connected ? other : NULL;
}

static bool is_alike(const struct stream *a, const struct stream *b)
{
	return stream_is_open(b) && a->now.datagram == b->now.datagram && strcmp(a->now.type, b->now.type) == 0;
}

/* Two calls have their m-lines in any order: the first audio stream is the other's first one, and so on. */
static struct stream *stream_alike(const struct leg *l, unsigned at, const struct leg *other)
{
	const struct stream *m = &l->stream[at];
	unsigned before = 0;

	for (unsigned i = 0; i < at; i++)
		before += is_alike(m, &l->stream[i]);
	for (unsigned i = 0; i < other->nstream; i++)
		if (is_alike(m, &other->stream[i]) && before-- == 0)
			return &other->stream[i];
	return NULL;
}

struct stream *session_across(const struct session *s, const struct leg *l, unsigned at)
{
	const struct leg *other = session_peer(s, l);

	if (!other)
		return NULL;
	if (l->connected)
		return stream_is_open(&l->stream[at]) ? stream_alike(l, at, other) : NULL;
	return at < other->nstream ? &other->stream[at] : NULL;
}

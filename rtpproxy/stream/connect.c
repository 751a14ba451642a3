/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/stream/connect.h"

#include <stdlib.h>

#include "rtpproxy/session/linger.h"
#include "rtpproxy/stream/join.h"

enum { NUMBERS = 128 };

/* --- payload numbers --- */

/* What the one calls as it calls it, as the other does. Numbers of `but` mean something else there. */
static void map_add(struct payload_map *map, const struct payload_book *from, const struct payload_book *but,
		    const struct payload_book *to)
{
	for (unsigned i = 0; i < from->n; i++) {
		const uint8_t number = from->entry[i] & 0x7f;
		const int theirs = payload_book_entry(to, from->entry[i]);

		if (theirs >= 0 && theirs != number && !(but && payload_book_uses(but, number)))
			(void)payload_map_add(map, number, (uint8_t)theirs);
	}
}

/* A side sends by its own numbers or by those that it was shown, of the other side of its own call. */
static void connect_map(const struct stream *m, const struct stream *shown, const struct stream *across,
			struct payload_map *map)
{
	const struct payload_book *own = &m->now.said, *to = &across->now.said;

	*map = (struct payload_map){ 0 };
	if (own->shut || to->shut)
		return;
	map_add(map, own, NULL, to);
	if (shown && !shown->now.said.shut)
		map_add(map, &shown->now.said, own, to);
}

void connect_spec(const struct session *s, const struct leg *l, unsigned stream, struct port_spec *spec)
{
	const struct leg *own = session_own_peer(s, l);
	const struct stream *m = &l->stream[stream], *across = session_across(s, l, stream);
	const struct stream *shown = own && stream < own->nstream ? &own->stream[stream] : NULL;

	if (spec->kind == STREAM_RTP)
		spec->map = (struct payload_map){ 0 };
	if (spec->kind == STREAM_RTP && across)
		connect_map(m, shown, across, &spec->map);
	if (!shown)
		return;
	numbers_add(&spec->gate.number, &shown->now.events);
	if (!numbers_are_none(&spec->payloads))
		numbers_add(&spec->payloads, &shown->now.payloads);
}

static bool has_number(const struct stream *m, uint8_t number, uint32_t *entry)
{
	for (unsigned i = 0; i < m->now.said.n; i++) {
		*entry = m->now.said.entry[i];
		if ((*entry & 0x7f) == number)
			return true;
	}
	return false;
}

/* Numbers without an entry mean the same to all (RFC 3551). */
static bool is_common(const struct stream *m, const struct stream *across, uint8_t number)
{
	uint32_t entry, other;

	if (has_number(m, number, &entry))
		return payload_book_entry(&across->now.said, entry) >= 0;
	return numbers_have(&across->now.payloads, number) && !has_number(across, number, &other);
}

/* Nothing is transcoded: what one side alone can, the other will not understand. */
static void warn_formats(struct job *j, const struct session *s, const struct leg *l)
{
	for (unsigned at = 0; at < l->nstream; at++) {
		const struct stream *m = &l->stream[at], *across = session_across(s, l, at);
		char text[NUMBERS * 4 + sizeof(m->now.type) + 1];
		struct writer w = writer_over(text, sizeof(text));
		bool any = false;

		if (!stream_is_open(m) || m->now.datagram)
			continue;
		writer_str(&w, m->now.type);
		for (unsigned i = 0; across && i < NUMBERS; i++) {
			if (!numbers_have(&m->now.payloads, (uint8_t)i) || is_common(m, across, (uint8_t)i))
				continue;
			any = true;
			writer_format(&w, " %u", i);
		}
		if (!across)
			job_warn(j, "the other side has no such stream", span_str(m->now.type));
		else if (any)
			job_warn(j, "the other side has no such format", writer_done(&w));
	}
}

/* --- the command --- */

/* Of the two of its own call, too: one of them may talk with nobody now, or with the other again. */
static void sides_push(struct relay *r, struct session *s, struct leg *l)
{
	struct leg *own = session_own_peer(s, l);

	if (own)
		join_push(r, s, own);
	join_push(r, s, l);
}

void connect_end(struct relay *r, struct session *s, struct leg *l)
{
	struct partner other;

	if (!l->connected)
		return;
	other = *l->connected;
	free(l->connected);
	free(other.leg->connected);
	l->connected = other.leg->connected = NULL;
	sides_push(r, other.session, other.leg);
	sides_push(r, s, l);
}

static struct partner *partner_new(struct session *s, struct leg *l)
{
	struct partner *c = malloc(sizeof(*c));

	if (c)
		*c = (struct partner){ s, l };
	return c;
}

static enum outcome connect_sides(struct job *j, const struct partner *a, const struct partner *b)
{
	struct partner *of_a = partner_new(b->session, b->leg), *of_b = partner_new(a->session, a->leg);

	if (!of_a || !of_b) {
		free(of_a);
		free(of_b);
		return OUTCOME_NO_MEMORY;
	}
	connect_end(j->relay, a->session, a->leg);
	connect_end(j->relay, b->session, b->leg);
	a->leg->connected = of_a;
	b->leg->connected = of_b;
	sides_push(j->relay, a->session, a->leg);
	sides_push(j->relay, b->session, b->leg);
	return OUTCOME_OK;
}

/* Whom the request names, and whether the two can talk. */
static enum outcome connect_find(const struct job *j, struct partner *a, struct partner *b)
{
	const struct ng_request *q = j->request;
	const struct relay *r = j->relay;

	a->session = job_session(j);
	b->session = span_is_set(q->to_call_id) ? table_find(&r->sessions, q->to_call_id) : a->session;
	if (!a->session || !b->session)
		return OUTCOME_UNKNOWN_CALL;
	if (!span_is_set(q->from_tag))
		return OUTCOME_NO_FROM_TAG;
	if (!span_is_set(q->to_tag))
		return OUTCOME_NO_TO_TAG;
	a->leg = session_leg(a->session, q->from_tag);
	b->leg = session_leg(b->session, q->to_tag);
	if (!a->leg || !b->leg)
		return OUTCOME_UNKNOWN_TAGS;
	if (a->leg == b->leg)
		return OUTCOME_SAME_SIDE;
	return a->session->worker == b->session->worker ? OUTCOME_OK : OUTCOME_OTHER_WORKERS;
}

enum outcome connect_run(struct job *j)
{
	struct partner a, b;
	enum outcome o = connect_find(j, &a, &b);

	if (o != OUTCOME_OK)
		return o;
	linger_cancel(j->relay, a.session);
	linger_cancel(j->relay, b.session);
	if (session_own_peer(a.session, a.leg) == b.leg) {
		connect_end(j->relay, a.session, a.leg);
		connect_end(j->relay, b.session, b.leg);
		return OUTCOME_OK;
	}
	if (session_peer(a.session, a.leg) != b.leg)
		o = connect_sides(j, &a, &b);
	if (o != OUTCOME_OK)
		return o;
	warn_formats(j, a.session, a.leg);
	warn_formats(j, b.session, b.leg);
	return OUTCOME_OK;
}

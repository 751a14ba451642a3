/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/stream/listener.h"

#include <stdlib.h>

#include "rtpproxy/session/secure.h"
#include "rtpproxy/stream/join.h"

struct leg *listener_find(const struct session *s, struct span tag)
{
	for (struct leg *l = s->listeners; l; l = l->next)
		if (leg_has_tag(l, tag))
			return l;
	return NULL;
}

int listener_add(struct session *s, struct leg *l)
{
	l->ear = calloc(1, sizeof(*l->ear));
	if (!l->ear) {
		leg_free(l);
		return -1;
	}
	l->next = s->listeners;
	s->listeners = l;
	return 0;
}

void listener_end(struct relay *r, struct session *s, struct leg *l, uint64_t now)
{
	struct leg **link = &s->listeners;

	while (*link != l)
		link = &(*link)->next;
	*link = l->next;
	join_drop_all(r, l, now);
	leg_free(l);
}

void listener_end_all(struct relay *r, struct session *s, uint64_t now)
{
	while (s->listeners)
		listener_end(r, s, s->listeners, now);
}

/* In force is what was before. */
static void offer_forget(struct relay *r, struct leg *l, uint64_t now)
{
	l->ear->nasked = 0;
	join_drop_fresh(r, l, now);
}

void listener_tick(struct relay *r, struct session *s, uint64_t now)
{
	struct leg *next;

	for (struct leg *l = s->listeners; l; l = next) {
		next = l->next;
		if (!l->ear->nasked || now - l->ear->asked_at < SESSION_UNANSWERED_MS)
			continue;
		r->counters.listeners_unanswered++;
		if (l->ear->n)
			offer_forget(r, l, now);
		else
			listener_end(r, s, l, now);
	}
}

static void lines_forget(struct ear_line *line, unsigned n, const struct leg *source)
{
	for (unsigned i = 0; i < n; i++)
		if (line[i].source == source)
			line[i] = (struct ear_line){ 0 };
}

void listener_forget(struct session *s, const struct leg *source)
{
	for (struct leg *l = s->listeners; l; l = l->next) {
		lines_forget(l->ear->now, l->ear->n, source);
		lines_forget(l->ear->asked, l->ear->nasked, source);
	}
}

static bool lines_have(const struct ear_line *line, unsigned n, const struct leg *source, unsigned stream)
{
	for (unsigned i = 0; i < n; i++)
		if (line[i].source == source && line[i].stream == stream)
			return true;
	return false;
}

unsigned listener_count(const struct session *s, const struct leg *source, unsigned stream, const struct leg *but)
{
	unsigned n = 0;

	for (const struct leg *l = s->listeners; l; l = l->next)
		n += l != but && (lines_have(l->ear->now, l->ear->n, source, stream) ||
				  lines_have(l->ear->asked, l->ear->nasked, source, stream));
	return n;
}

const struct stream *listener_shown(const struct session *s, const struct ear_line *line)
{
	const struct leg *other = session_own_peer(s, line->source);

	return other && line->stream < other->nstream ? &other->stream[line->stream] : NULL;
}

/* --- the packet path --- */

/* What the source sends has the number that it gave to a codec itself, or the one that it was shown: that of the side
 * across. The listener knows the codec by its own. */
static struct payload_map map_of(const struct session *s, const struct ear_line *line, const struct stream *m)
{
	const struct payload_book *own = &line->source->stream[line->stream].now.said, *to = &m->now.said;
	const struct stream *across = listener_shown(s, line);
	struct payload_map map = { 0 };

	for (unsigned i = 0; i < own->n && !own->shut && !to->shut; i++) {
		const uint8_t number = own->entry[i] & 0x7f;
		const int heard = payload_book_entry(to, own->entry[i]);
		const int shown = across ? payload_book_entry(&across->now.said, own->entry[i]) : -1;

		if (heard < 0)
			continue;
		if (heard != number)
			(void)payload_map_add(&map, number, (uint8_t)heard);
		if (shown >= 0 && shown != heard && !payload_book_uses(own, (uint8_t)shown))
			(void)payload_map_add(&map, (uint8_t)shown, (uint8_t)heard);
	}
	return map;
}

static struct own_port port_of(const struct leg *l, const struct stream *m, enum stream_kind kind)
{
	return (struct own_port){ .realm = l->realm, .port = (uint16_t)(m->port + (kind == STREAM_RTCP)) };
}

static bool port_eq(struct own_port a, struct own_port b)
{
	return a.realm == b.realm && a.port == b.port;
}

/* The packet path has it, and as it should be. */
static bool stream_is_told(const struct stream *m)
{
	return m->in_path && !m->unpushed && stream_is_open(m);
}

/* Ports 0: none is to be. */
static struct ear_copy copy_of(const struct session *s, const struct leg *l, unsigned at, enum stream_kind kind)
{
	const struct ear_line *line = &l->ear->now[at];
	const struct stream *m = &l->stream[at], *from;

	if (s->drop_traffic || !line->source || line->stream >= line->source->nstream)
		return (struct ear_copy){ 0 };
	if (!stream_is_told(m) || m->now.held)
		return (struct ear_copy){ 0 };
	from = &line->source->stream[line->stream];
	if (!stream_is_told(from) || from->now.datagram || (kind == STREAM_RTCP && secure_is_muxed(from)))
		return (struct ear_copy){ 0 };
	return (struct ear_copy){
		.from = port_of(line->source, from, kind),
		.to = port_of(l, m, secure_is_muxed(m) ? STREAM_RTP : kind),
	};
}

/* 0, or -1 when the packet path had no room. */
static int copy_tell(struct relay *r, struct ear_copy *told, const struct ear_copy *next, const struct payload_map *map)
{
	if (told->from.port && (!port_eq(told->from, next->from) || !port_eq(told->to, next->to))) {
		if (r->path.uncopy(r->path.ctx, told->from, told->to))
			return -1;
		*told = (struct ear_copy){ 0 };
	}
	if (!next->from.port)
		return 0;
	if (r->path.copy(r->path.ctx, next->from, next->to, map))
		return -1;
	*told = *next;
	return 0;
}

static void line_tell(struct relay *r, const struct session *s, struct leg *l, unsigned at)
{
	struct ear_line *line = &l->ear->now[at];
	int failed = 0;

	for (enum stream_kind kind = STREAM_RTP; kind <= STREAM_RTCP; kind++) {
		const struct ear_copy next = copy_of(s, l, at, kind);
		struct payload_map map = { 0 };

		if (kind == STREAM_RTP && next.from.port)
			map = map_of(s, line, &l->stream[at]);
		failed |= copy_tell(r, &line->told[kind], &next, &map);
	}
	if (!failed)
		return;
	r->counters.path_full++;
	join_again(r, &l->stream[at]);
}

void listener_tell(struct relay *r, struct session *s)
{
	for (struct leg *l = s->listeners; l; l = l->next)
		for (unsigned i = 0; i < l->ear->n && i < l->nstream; i++)
			line_tell(r, s, l, i);
}

void listener_shut(struct leg *l, unsigned stream)
{
	if (stream < l->ear->n)
		memset(l->ear->now[stream].told, 0, sizeof(l->ear->now[stream].told));
}

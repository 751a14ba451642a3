/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/stream/digits.h"

enum { DIGITS_EVENT_MAX = 4096, EVENT_CLOCK_HZ = 8000 };

/* From one's telephone events to the other's INFO. */
static bool digits_turn(const struct leg *rtp, const struct leg *info)
{
	return info->dtmf_info && !rtp->dtmf_info;
}

void digits_wish(const struct job *j, struct session *s, struct leg *sender, struct leg *receiver)
{
	const struct ng_request *q = j->request;

	sender->dtmf_info |= q->sender_dtmf_info;
	receiver->dtmf_info |= q->receiver_dtmf_info;
	s->detect_dtmf |= q->detect_dtmf;
}

static bool is_event(const struct sdp_codec *c)
{
	return span_ieq(c->encoding, SPAN("telephone-event"));
}

static bool has_event(const struct sdp_codec *list, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (is_event(&list[i]))
			return true;
	return false;
}

void digits_hide(const struct leg *from, const struct leg *to, const struct sdp_codec *list, unsigned n,
		 struct payload_plan *plan)
{
	if (!digits_turn(from, to))
		return;
	for (unsigned i = 0; i < n; i++)
		if (is_event(&list[i]))
			payload_plan_drop(plan, list[i].number);
}

void digits_offer(const struct leg *from, const struct leg *to, const struct sdp_codec *list, unsigned n,
		  const struct payload_book *writer, const struct payload_book *reader, struct payload_plan *plan)
{
	const int own = payload_book_event(reader, EVENT_CLOCK_HZ);

	if (!digits_turn(to, from) || has_event(list, n))
		return;
	payload_plan_add_event(plan, EVENT_CLOCK_HZ, own >= 0 ? own : payload_plan_spare(plan, writer, reader));
}

void digits_answer(const struct leg *from, const struct leg *to, const struct sdp_codec *list, unsigned n,
		   const struct payload_book *offered, struct payload_plan *plan)
{
	static const uint32_t clocks[] = { 8000, 16000, 32000, 48000 };

	if (!digits_turn(to, from) || has_event(list, n))
		return;
	for (unsigned i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++)
		payload_plan_add_event(plan, clocks[i], payload_book_event(offered, clocks[i]));
}

void digits_gate(const struct session *s, const struct leg *l, const struct stream *m, struct gate *g)
{
	const struct leg *other = session_peer(s, l);
	const bool turn = other && digits_turn(l, other);

	numbers_add(&g->number, &m->events_shown);
	g->events |= turn;
	g->tell = turn || s->detect_dtmf;
}

/* --- telling --- */

static const struct session *session_of(const struct relay *r, uint32_t id)
{
	const struct session *s = r->all.first;

	while (s && s->id != id)
		s = s->next;
	return s;
}

static const struct stream *stream_at(const struct leg *l, struct own_port own)
{
	for (unsigned i = 0; i < l->nstream && l->realm == own.realm; i++)
		if (l->stream[i].port == own.port)
			return &l->stream[i];
	return NULL;
}

static const struct leg *leg_at(const struct session *s, struct own_port own, const struct stream **m)
{
	const struct leg *l = s->near;

	*m = stream_at(l, own);
	for (l = *m ? l : s->far; l && !*m; l = *m ? l : l->next)
		*m = stream_at(l, own);
	return l;
}

/* In the units of the clock that the number stands for. */
static uint64_t duration_ms(const struct stream *m, const struct datapath_event *e)
{
	static const uint32_t clocks[] = { 16000, 32000, 48000 };
	uint32_t hz = EVENT_CLOCK_HZ;

	for (unsigned i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++)
		if (payload_book_event(&m->now.said, clocks[i]) == e->digit.payload_type)
			hz = clocks[i];
	return (uint64_t)e->digit.duration * 1000 / hz;
}

void digits_heard(struct relay *r, const struct datapath_event *e)
{
	const struct session *s = session_of(r, e->session);
	const struct stream *m = NULL;
	const struct leg *l = s ? leg_at(s, e->own, &m) : NULL;
	char datagram[DIGITS_EVENT_MAX], serial[32];
	struct writer w = writer_over(datagram, sizeof(datagram)), cookie = writer_over(serial, sizeof(serial));
	struct ng_writer n;

	if (!l || !r->event || !s->peer || !s->peer->at.len)
		return;
	writer_str(&cookie, "event-");
	writer_u64(&cookie, ++r->event_serial);
	ng_open(&n, &w, s->coding, writer_done(&cookie));
	ng_put_str(&n, SPAN("event"), SPAN("dtmf"));
	ng_put_str(&n, SPAN("call-id"), s->call_id);
	if (span_is_set(s->owner))
		ng_put_str(&n, SPAN("owner"), s->owner);
	if (l->ntag)
		ng_put_str(&n, SPAN("from-tag"), leg_tag(l));
	ng_put_u64(&n, SPAN("code"), e->digit.event);
	ng_put_u64(&n, SPAN("duration"), duration_ms(m, e));
	ng_close(&n);
	if (w.failed)
		return;
	r->counters.events++;
	r->event(r->event_ctx, &s->peer->at, writer_done(&w));
}

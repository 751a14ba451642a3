/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/stream/play.h"

#include "alg/base/dtmf.h"
#include "rtpproxy/stream/block.h"

enum {
	PLAY_CLOCK_HZ = 8000,
	PLAY_USUAL_MS = 250,
	PLAY_MIN_MS = 40, /* shorter ones are not taken for digits */
	PLAY_MAX_MS = 5000,
	PLAY_USUAL_VOLUME = 10,
	PLAY_MAX_VOLUME = 63,
	PLAY_PAUSE_TICKS = 4, /* between two digits */
	PLAY_GRACE_MS = 1000, /* behind its time a digit is over, whatever the packet path says */
};

/* How the other side wants to have them. */
struct play_form {
	uint32_t stream_hz, event_hz;
	int number;
};

static struct play_form form_of(const struct stream *from, const struct stream *to)
{
	const struct voice_codec *c = voice_of(&from->now.voice, &to->now.voice, UINT8_MAX);
	const uint32_t hz = c && c->clock_hz ? c->clock_hz : PLAY_CLOCK_HZ;
	const int number = payload_book_event(&to->now.said, hz);

	if (number >= 0)
		return (struct play_form){ hz, hz, number };
	return (struct play_form){ hz, PLAY_CLOCK_HZ, payload_book_event(&to->now.said, PLAY_CLOCK_HZ) };
}

/* The first stream of the side that can take digits; -1: none. */
static int stream_find(const struct session *s, const struct leg *from, struct play_form *form)
{
	for (unsigned i = 0; i < from->nstream; i++) {
		const struct stream *m = &from->stream[i], *across = session_across(s, from, i);

		if (!across || !m->in_path || !stream_is_open(m) || !stream_is_open(across))
			continue;
		*form = form_of(m, across);
		if (form->number >= 0)
			return (int)i;
	}
	return -1;
}

static struct leg *leg_named(const struct session *s, const struct ng_request *q)
{
	if (block_names(s->near, q))
		return s->near;
	for (struct leg *l = s->far; l; l = l->next)
		if (block_names(l, q))
			return l;
	return NULL;
}

static struct player *player_at(struct players *p, struct own_port own)
{
	for (unsigned i = 0; i < p->n; i++)
		if (p->at[i].own.realm == own.realm && p->at[i].own.port == own.port)
			return &p->at[i];
	return NULL;
}

/* The one at work there, or a new one. NULL: there are too many. */
static struct player *player_get(struct players *p, struct own_port own, uint32_t session)
{
	struct player *at = player_at(p, own);

	if (!at && p->n < PLAYER_MAX)
		at = &p->at[p->n++];
	else if (!at)
		return NULL;
	if (at->session != session || at->own.port != own.port || at->own.realm != own.realm)
		*at = (struct player){ .own = own, .session = session };
	return at;
}

static uint32_t duration_of(const struct ng_request *q)
{
	const uint32_t ms = q->duration_ms ? q->duration_ms : PLAY_USUAL_MS;

	return ms < PLAY_MIN_MS ? PLAY_MIN_MS : ms > PLAY_MAX_MS ? PLAY_MAX_MS : ms;
}

static struct dial_order order_of(struct job *j, const struct play_form *f, int event)
{
	const uint64_t duration = (uint64_t)duration_of(j->request) * f->event_hz / 1000;
	const uint32_t volume = j->request->volume ? j->request->volume : PLAY_USUAL_VOLUME;

	return (struct dial_order){
		.id = ++j->relay->players.serial ? j->relay->players.serial : ++j->relay->players.serial,
		.ssrc = (uint32_t)j->relay->random(j->relay->random_ctx),
		.duration = (uint16_t)(duration < UINT16_MAX ? duration : UINT16_MAX),
		.step = (uint16_t)(f->stream_hz / (1000 / DIAL_STEP_MS)),
		.ratio = (uint8_t)(f->stream_hz > f->event_hz ? f->stream_hz / f->event_hz : 1),
		.event = (uint8_t)event,
		.volume = (uint8_t)(volume < PLAY_MAX_VOLUME ? volume : PLAY_MAX_VOLUME),
		.payload_type = (uint8_t)f->number,
	};
}

static enum outcome digits_queue(struct job *j, struct player *p, const struct play_form *f)
{
	const struct span digits = j->request->digits;

	for (uint32_t i = 0; i < digits.n; i++) {
		const int event = dtmf_event(digits.p[i]);

		if (event < 0 || p->n == PLAYER_QUEUE) {
			job_warn(j, event < 0 ? "no digit" : "too many digits at once", span_slice(digits, i, i + 1));
			continue;
		}
		p->queue[p->n++] = order_of(j, f, event);
	}
	return OUTCOME_OK;
}

enum outcome play_run(struct job *j)
{
	const struct session *s = job_session(j);
	const struct leg *l;
	struct play_form form;
	struct player *p;
	int stream;

	if (!s)
		return OUTCOME_UNKNOWN_CALL;
	if (!j->request->digits.n)
		return OUTCOME_NO_DIGIT;
	l = leg_named(s, j->request);
	if (!l || !session_peer(s, l))
		return OUTCOME_UNKNOWN_TAGS;
	stream = j->relay->path.dial ? stream_find(s, l, &form) : -1;
	if (stream < 0)
		return OUTCOME_NO_EVENTS;
	p = player_get(&j->relay->players, (struct own_port){ l->realm, l->stream[stream].port }, s->id);
	return p ? digits_queue(j, p, &form) : OUTCOME_NO_MEMORY;
}

/* --- as time passes --- */

bool play_is_on(const struct relay *r)
{
	return r->players.n != 0;
}

static void player_next(struct player *p)
{
	p->n--;
	memmove(p->queue, p->queue + 1, p->n * sizeof(p->queue[0]));
	p->until = 0;
	p->pause = PLAY_PAUSE_TICKS;
}

/* False: it is done, or its port is gone. */
static bool player_tick(const struct relay *r, struct player *p, uint64_t now)
{
	if (p->pause) {
		p->pause--;
		return true;
	}
	if (!p->until && p->n)
		p->until = now + PLAY_MAX_MS + PLAY_GRACE_MS;
	if (p->until && now >= p->until)
		player_next(p);
	return p->n && r->path.dial(r->path.ctx, p->own, p->session, &p->queue[0]) == 0;
}

void play_tick(struct relay *r, uint64_t now)
{
	struct players *p = &r->players;

	for (unsigned i = 0; i < p->n;) {
		if (player_tick(r, &p->at[i], now))
			i++;
		else
			p->at[i] = p->at[--p->n];
	}
}

void play_over(struct relay *r, const struct datapath_event *e)
{
	struct player *p = player_at(&r->players, e->own);

	if (p && p->session == e->session && p->n && p->until)
		player_next(p);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* subscribe_answer.c: what a listener answers to our offer (subscribe.c), and its end. */
#include "rtpproxy/listen/subscribe.h"
#include "rtpproxy/offer/offer.h"
#include "rtpproxy/offer/parties.h"
#include "rtpproxy/offer/profile.h"
#include "rtpproxy/stream/join.h"
#include "rtpproxy/stream/listener.h"

static enum outcome listener_unknown(const struct session *s)
{
	return s->resumed ? OUTCOME_LISTENERS_LOST : OUTCOME_UNKNOWN_LISTENER;
}

static bool is_answered(const struct leg *l, const struct ear_line *line, unsigned i, const struct target *said)
{
	const struct stream *source = ear_source(line);

	return source && i < l->nstream && l->stream[i].port && target_answers(said, &source->now);
}

/* What the listener takes; the rest is closed. */
static void answer_open(const struct leg *l, const struct ear_line *line, unsigned n, struct offer_media *m)
{
	for (unsigned i = 0; i < m->n; i++) {
		m->open[i] = m->open[i] && i < n && is_answered(l, &line[i], i, &m->target[i]);
		m->target[i].refused |= !m->open[i];
	}
}

static void lines_commit(struct ear *ear)
{
	struct ear_line *line = ear->asked;

	for (unsigned i = 0; i < ear->n && i < ear->nasked; i++)
		memcpy(line[i].told, ear->now[i].told, sizeof(line[i].told));
	if (!ear->nasked)
		return;
	memcpy(ear->now, line, ear->nasked * sizeof(*line));
	ear->n = ear->nasked;
	ear->nasked = 0;
}

static void answer_commit(struct job *j, struct session *s, struct leg *l, struct offer_media *m)
{
	lines_commit(l->ear);
	parties_follow(l, m->target, m->n);
	protection_commit_leg(j, s, l, false, m, m->n);
	for (unsigned i = 0; i < l->nstream; i++) {
		l->stream[i].fresh = false;
		if (!stream_is_open(&l->stream[i]))
			join_drop(j->relay, l, i, j->now);
	}
	s->keep = 0;
	join_push(j->relay, s, l);
}

enum outcome subscribe_answer(struct job *j)
{
	struct session *s = job_session(j);
	struct leg *l = s ? listener_find(s, j->request->to_tag) : NULL;
	const struct ear *ear = l ? l->ear : NULL;
	struct offer_media m;
	struct sdp sdp;
	enum outcome o;

	if (!s)
		return OUTCOME_UNKNOWN_CALL;
	if (!l)
		return listener_unknown(s);
	o = job_sdp(j, &sdp);
	if (o != OUTCOME_OK)
		return o;
	o = offer_read(j, l, s->near, &sdp, &m);
	if (o == OUTCOME_OK) {
		answer_open(l, ear->nasked ? ear->asked : ear->now, ear->nasked ? ear->nasked : ear->n, &m);
		o = profile_of_listener(l, &m, m.n);
	}
	if (o == OUTCOME_OK)
		o = offer_mistrust(j, &m, m.n);
	if (o == OUTCOME_OK)
		answer_commit(j, s, l, &m);
	offer_release(&m);
	return o;
}

enum outcome subscribe_end(struct job *j)
{
	struct session *s = job_session(j);
	struct leg *l = s ? listener_find(s, j->request->to_tag) : NULL;

	if (!s)
		return OUTCOME_UNKNOWN_CALL;
	if (!l)
		return listener_unknown(s);
	listener_end(j->relay, s, l, j->now);
	return OUTCOME_OK;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/listen/publish.h"

#include "rtpproxy/life/end.h"
#include "rtpproxy/life/watch.h"
#include "rtpproxy/listen/announce.h"
#include "rtpproxy/offer/body.h"
#include "rtpproxy/offer/grouping.h"
#include "rtpproxy/offer/offer.h"
#include "rtpproxy/offer/parties.h"
#include "rtpproxy/stream/join.h"
#include "rtpproxy/stream/listener.h"
#include "rtpproxy/stream/record.h"

/* He may send: of what else he offers nothing can be heard. */
static bool is_speaking(const struct sdp *sdp, unsigned media)
{
	const enum sdp_direction d = sdp_direction(sdp, media);

	return d == SDP_SENDRECV || d == SDP_SENDONLY;
}

/* His own m-lines, as who only hears answers them; under the names that he gave them. */
static void announce_text(const struct job *j, const struct leg *l, const struct sdp *sdp, const struct offer_media *m,
			  struct writer *w)
{
	struct announce_line line[SDP_MEDIA_MAX];

	for (unsigned i = 0; i < m->n; i++) {
		const struct target *t = &m->target[i];
		const bool named = t->terms && t->terms->bundle.name[0];

		line[i] = (struct announce_line){
			.type = t->type,
			.protocol = t->protocol,
			.formats = m->open[i] ? formats_text(t->formats) : (struct span){ 0 },
			.direction = is_speaking(sdp, i) ? SDP_RECVONLY : SDP_INACTIVE,
			.mid = named ? span_str(t->terms->bundle.name) : (struct span){ 0 },
		};
	}
	announce_write(w, &j->relay->conf->realms[l->realm].public, line, m->n);
}

/* What cannot be told to a listener is refused. */
static void media_narrow(struct offer_media *m)
{
	for (unsigned i = 0; i < m->n; i++) {
		struct target *t = &m->target[i];

		if (m->open[i] && (t->datagram || !t->formats))
			t->unsupported = t->refused = true;
		m->open[i] = !t->refused;
		m->look[i].shield = m->open[i] ? t->shield : SHIELD_NONE;
	}
}

static void plans_make(struct job *j, const struct leg *l, const struct sdp *sdp, struct offer_media *m,
		       struct payload_plans *plans)
{
	plans->n = m->n;
	for (unsigned i = 0; i < m->n; i++) {
		m->codecs[i].n = m->open[i] ? sdp_codec_list(sdp, i, m->codecs[i].list) : 0;
		plans->media[i].plan = (struct payload_plan){ 0 };
		if (m->open[i])
			payload_choose(j, i, l, l, m, &plans->media[i].plan);
	}
}

/* As an answer, that nobody gave but we. */
static enum outcome answer_make(struct job *j, struct session *s, struct leg *l, const struct sdp *sdp,
				struct offer_media *m, struct span *body)
{
	const struct parties p = { .offerer = l };
	struct payload_plans plans;
	enum outcome o;

	if (leg_grow(l, m->n))
		return OUTCOME_NO_MEMORY;
	plans_make(j, l, sdp, m, &plans);
	o = offer_mistrust(j, m, m->n);
	if (o == OUTCOME_OK)
		o = offer_is_usable(m, m->n);
	if (o == OUTCOME_OK)
		o = offer_take_ports(j, l, NULL, m->open, m->n);
	if (o == OUTCOME_OK && leg_expect(l, m->target, m->n))
		o = OUTCOME_NO_MEMORY;
	if (o != OUTCOME_OK)
		return o;
	s->offerer = l;
	o = protection_answer(j, s, &p, m, m->n);
	if (o == OUTCOME_OK)
		grouping_answer(s, &p, m, m->n);
	if (o == OUTCOME_OK)
		o = body_write(j, sdp, l, &(struct body_look){ m, &plans, 0 }, body);
	if (o == OUTCOME_OK)
		o = parties_wish(j, s, l);
	return o;
}

static bool nobody_speaks(const struct session *s)
{
	for (const struct leg *l = s->near; l && !l->ear; l = session_next(s, l))
		if (l->speaks)
			return false;
	return true;
}

/* It is in force. */
static void publish_commit(struct job *j, struct session *s, struct leg *l, const struct sdp *said,
			   const struct offer_media *m)
{
	parties_follow(l, l->offer, l->nstream);
	leg_settle(l);
	s->offerer = NULL;
	protection_commit_leg(j, s, l, true, m, m->n);
	l->publishes = true;
	l->speaks = false;
	for (unsigned i = 0; i < l->nstream; i++) {
		l->stream[i].fresh = false;
		if (!stream_is_open(&l->stream[i]))
			join_drop(j->relay, l, i, j->now);
		else if (is_speaking(said, i))
			l->speaks = true;
	}
	s->held = nobody_speaks(s);
	s->committed = s->published = true;
	s->keep = s->told = 0;
	watch_begin(s, j->now);
	join_push(j->relay, s, l);
	if (l->connected)
		join_push_peer(j->relay, s, l);
}

static enum outcome publish_carry(struct job *j, struct session *s, struct leg *l, const struct sdp *said)
{
	char text[ANNOUNCE_TEXT_MAX];
	struct writer w = writer_over(text, sizeof(text));
	struct offer_media m;
	struct sdp sdp;
	struct span body;
	enum outcome o = offer_read(j, l, l, said, &m);

	if (o == OUTCOME_OK) {
		media_narrow(&m);
		announce_text(j, l, said, &m, &w);
		o = w.failed || sdp_index(writer_done(&w), &sdp) != SDP_OK ? OUTCOME_REWRITE_FAILED
									   : answer_make(j, s, l, &sdp, &m, &body);
	}
	if (o == OUTCOME_OK) {
		publish_commit(j, s, l, said, &m);
		ng_put_str(&j->answer, SPAN("sdp"), body);
	}
	offer_release(&m);
	return o;
}

/* Each by a tag of his own; a call of two sides has none. */
static enum outcome publisher_of(struct job *j, struct session *s, struct leg **out, bool *is_new)
{
	struct leg *l = session_leg(s, j->request->from_tag);

	*is_new = !l;
	if (!publish_is_all(s) || listener_find(s, j->request->from_tag))
		return OUTCOME_NOT_PUBLISHED;
	if (!l)
		return parties_join(j, s, out);
	*out = l;
	return OUTCOME_OK;
}

/* Nothing stays of what failed but what was before. */
static void publish_undo(struct job *j, struct session *s, struct leg *l, bool is_new_leg)
{
	s->offerer = NULL;
	if (is_new_leg) {
		end_branch(j->relay, s, l, j->now);
		return;
	}
	leg_settle(l);
	join_drop_fresh(j->relay, l, j->now);
}

enum outcome publish_run(struct job *j)
{
	struct session *s = job_session(j);
	const bool is_new = !s;
	bool is_new_leg = false;
	struct leg *l = NULL;
	struct sdp sdp;
	enum outcome o;

	if (!span_is_set(j->request->from_tag))
		return OUTCOME_NO_FROM_TAG;
	o = job_sdp(j, &sdp);
	if (o == OUTCOME_OK)
		o = is_new ? parties_begin(j, &sdp, &s) : publisher_of(j, s, &l, &is_new_leg);
	if (o != OUTCOME_OK)
		return o;
	if (is_new)
		l = s->near;
	o = publish_carry(j, s, l, &sdp);
	if (o == OUTCOME_OK) {
		parties_heard_from(j, s);
		record_wish(j);
		return OUTCOME_OK;
	}
	if (is_new)
		end_session(j->relay, s, j->now);
	else
		publish_undo(j, s, l, is_new_leg);
	return o;
}

bool publish_is_all(const struct session *s)
{
	for (const struct leg *l = s->far; l; l = l->next)
		if (!l->publishes)
			return false;
	return s->published && !s->joined;
}

void publish_leave(struct relay *r, struct session *s, struct leg *l, uint64_t now)
{
	if (l == s->near)
		session_step_down(s);
	end_branch(r, s, l, now);
	s->held = nobody_speaks(s);
}

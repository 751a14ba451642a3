/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/publish.h"

#include "rtpproxy/session/announce.h"
#include "rtpproxy/session/body.h"
#include "rtpproxy/session/end.h"
#include "rtpproxy/session/join.h"
#include "rtpproxy/session/offer.h"
#include "rtpproxy/session/parties.h"
#include "rtpproxy/session/record.h"
#include "rtpproxy/session/watch.h"

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
static enum outcome answer_make(struct job *j, struct session *s, const struct sdp *sdp, struct offer_media *m,
				struct span *body)
{
	const struct parties p = { .offerer = s->near };
	struct payload_plans plans;
	enum outcome o;

	if (leg_grow(s->near, m->n))
		return OUTCOME_NO_MEMORY;
	plans_make(j, s->near, sdp, m, &plans);
	o = offer_mistrust(j, m, m->n);
	if (o == OUTCOME_OK)
		o = offer_is_usable(m, m->n);
	if (o == OUTCOME_OK)
		o = offer_take_ports(j, s->near, NULL, m->open, m->n);
	if (o == OUTCOME_OK && leg_expect(s->near, m->target, m->n))
		o = OUTCOME_NO_MEMORY;
	if (o != OUTCOME_OK)
		return o;
	s->offerer = s->near;
	o = secure_answer(j, s, &p, m, m->n);
	if (o == OUTCOME_OK)
		bundle_answer(s, &p, m, m->n);
	if (o == OUTCOME_OK)
		o = body_write(j, sdp, s->near, &(struct body_look){ m, &plans, 0 }, body);
	if (o == OUTCOME_OK)
		o = parties_wish(j, s, s->near);
	return o;
}

/* It is in force. */
static void publish_commit(struct job *j, struct session *s, const struct sdp *said, const struct offer_media *m)
{
	struct leg *l = s->near;

	parties_follow(l, l->offer, l->nstream);
	leg_settle(l);
	s->offerer = NULL;
	secure_commit_leg(j, s, l, true, m, m->n);
	s->held = true;
	for (unsigned i = 0; i < l->nstream; i++) {
		l->stream[i].fresh = false;
		if (!stream_is_open(&l->stream[i]))
			join_drop(j->relay, l, i, j->now);
		else if (is_speaking(said, i))
			s->held = false;
	}
	s->committed = s->published = true;
	s->keep = s->told = 0;
	watch_begin(s, j->now);
	join_push(j->relay, s, l);
	if (l->connected)
		join_push_peer(j->relay, s, l);
}

/* Where there is another side by now, it is those two who make offers and answers. */
static bool is_his(const struct session *s, struct span tag)
{
	return s->published && !s->far && leg_has_tag(s->near, tag);
}

static enum outcome publish_carry(struct job *j, struct session *s, const struct sdp *said)
{
	char text[ANNOUNCE_TEXT_MAX];
	struct writer w = writer_over(text, sizeof(text));
	struct offer_media m;
	struct sdp sdp;
	struct span body;
	enum outcome o = offer_read(j, s->near, s->near, said, &m);

	if (o == OUTCOME_OK) {
		media_narrow(&m);
		announce_text(j, s->near, said, &m, &w);
		o = w.failed || sdp_index(writer_done(&w), &sdp) != SDP_OK ? OUTCOME_REWRITE_FAILED
									   : answer_make(j, s, &sdp, &m, &body);
	}
	if (o == OUTCOME_OK) {
		publish_commit(j, s, said, &m);
		ng_put_str(&j->answer, SPAN("sdp"), body);
	}
	offer_release(&m);
	return o;
}

enum outcome publish_run(struct job *j)
{
	struct session *s = job_session(j);
	const bool is_new = !s;
	struct sdp sdp;
	enum outcome o;

	if (!span_is_set(j->request->from_tag))
		return OUTCOME_NO_FROM_TAG;
	if (s && !is_his(s, j->request->from_tag))
		return OUTCOME_OTHER_PUBLISHER;
	o = job_sdp(j, &sdp);
	if (o == OUTCOME_OK && is_new)
		o = parties_begin(j, &sdp, &s);
	if (o != OUTCOME_OK)
		return o;
	o = publish_carry(j, s, &sdp);
	if (o == OUTCOME_OK) {
		parties_heard_from(j, s);
		record_wish(j);
		return OUTCOME_OK;
	}
	if (is_new) {
		end_session(j->relay, s, j->now);
		return o;
	}
	leg_settle(s->near);
	s->offerer = NULL;
	join_drop_fresh(j->relay, s->near, j->now);
	return o;
}

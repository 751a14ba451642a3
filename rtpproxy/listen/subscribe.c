/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/listen/subscribe.h"

#include "rtpproxy/listen/announce.h"
#include "rtpproxy/listen/sources.h"
#include "rtpproxy/offer/body.h"
#include "rtpproxy/offer/grouping.h"
#include "rtpproxy/offer/offer.h"
#include "rtpproxy/offer/parties.h"
#include "rtpproxy/offer/profile.h"
#include "rtpproxy/stream/join.h"
#include "rtpproxy/stream/listener.h"

enum { MADE_TAG_MAX = 24 };

/* What is made of one request. */
struct subscription {
	struct session *session;
	struct leg *listener;
	struct ear_line line[SDP_MEDIA_MAX];
	unsigned n;
	struct offer_media media;
	struct payload_plans plans;
};

/* --- m-lines --- */

static bool lines_have(const struct subscription *u, const struct leg *source, unsigned stream)
{
	for (unsigned i = 0; i < u->n; i++)
		if (u->line[i].source == source && u->line[i].stream == stream)
			return true;
	return false;
}

/* A place of that kind where nobody is any more, else a new one; NULL: there are too many. */
static struct ear_line *line_place(struct subscription *u, const char *type)
{
	for (unsigned i = 0; i < u->n; i++)
		if (!u->line[i].source && strcmp(u->listener->stream[i].now.type, type) == 0)
			return &u->line[i];
	return u->n < SDP_MEDIA_MAX ? &u->line[u->n++] : NULL;
}

/* Who has been offered m-lines keeps them, each for its source as long as that is wanted (RFC 3264 8). */
static void lines_begin(struct subscription *u, const struct sources *all)
{
	const struct ear *ear = u->listener->ear;
	const struct ear_line *had = ear->nasked ? ear->asked : ear->now;

	u->n = ear->nasked ? ear->nasked : ear->n;
	for (unsigned i = 0; i < u->n; i++)
		u->line[i] = sources_have(all, &had[i]) ? had[i] : (struct ear_line){ 0 };
}

static enum outcome lines_plan(struct subscription *u, const struct sources *all)
{
	lines_begin(u, all);
	for (unsigned k = 0; k < all->n; k++) {
		struct leg *source = all->leg[k];

		for (unsigned i = 0; i < source->nstream; i++) {
			struct ear_line *line;

			if (!source_is_audible(&source->stream[i]) || lines_have(u, source, i))
				continue;
			if (listener_count(u->session, source, i, u->listener) >= DATAPATH_COPY_MAX)
				return OUTCOME_LISTENERS_FULL;
			line = line_place(u, source->stream[i].now.type);
			if (!line)
				return OUTCOME_LISTENERS_FULL;
			*line = (struct ear_line){ .source = source, .stream = i };
		}
	}
	for (unsigned i = 0; i < u->n; i++)
		if (u->line[i].source)
			return OUTCOME_OK;
	return OUTCOME_NO_SOURCE;
}

/* --- the offer --- */

static void announce_text(const struct job *j, const struct subscription *u, struct writer *w)
{
	struct announce_line line[SDP_MEDIA_MAX];

	for (unsigned i = 0; i < u->n; i++) {
		const struct stream *m = ear_source(&u->line[i]);
		const struct target *t = m ? &m->now : &u->listener->stream[i].now;

		line[i] = (struct announce_line){
			.type = t->type[0] ? t->type : "audio",
			.protocol = t->protocol[0] ? t->protocol : "RTP/AVP",
			.formats = m ? formats_text(t->formats) : (struct span){ 0 },
			.direction = SDP_SENDONLY,
			.label = j->request->siprec ? i + 1 : 0,
		};
	}
	announce_write(w, &j->relay->conf->realms[u->listener->realm].public, line, u->n);
}

/* As if the source had made an offer to the listener; but by what it is known itself is not for others. */
static void media_begin(struct job *j, struct subscription *u, const struct sdp *sdp)
{
	struct offer_media *m = &u->media;

	for (unsigned i = 0; i < sdp->nmedia; i++, m->n++) {
		const struct stream *source = ear_source(&u->line[i]);

		m->codecs[i].list = i ? m->codecs[i - 1].list + m->codecs[i - 1].n : j->relay->codecs;
		m->codecs[i].n = source ? sdp_codec_list(sdp, i, m->codecs[i].list) : 0;
		m->target[i] = source ? source->now : (struct target){ .known = true, .refused = true };
		m->target[i].terms = terms_like(m->target[i].terms);
		formats_hold(m->target[i].formats);
		m->open[i] = source != NULL;
		m->profile[i] = (struct span){ 0 };
		m->look[i] = (struct protection){ 0 };
	}
}

/* The side across could send it to the source, so that the source may send it, too. */
static bool is_agreed(const struct target *across, const struct sdp_codec *c)
{
	const int fixed = sdp_codec_static(c);

	return across->said.shut || payload_book_number(&across->said, c) >= 0 ||
	       (fixed >= 0 && numbers_have(&across->payloads, (uint8_t)fixed));
}

/* What does not come is not offered; but where nothing would be left we know too little. */
static void plan_narrow(const struct subscription *u, unsigned i, struct payload_plan *plan)
{
	const struct stream *across = listener_shown(u->session, &u->line[i]);
	const struct target_codecs *codecs = &u->media.codecs[i];
	const struct payload_plan before = *plan;

	if (!across || !stream_is_open(across) || !plan->given)
		return;
	for (unsigned k = 0; k < codecs->n; k++)
		if (!is_agreed(&across->now, &codecs->list[k]))
			payload_plan_drop(plan, codecs->list[k].number);
	if (plan->n == 0)
		*plan = before;
}

static void plans_make(struct job *j, struct subscription *u)
{
	u->plans.n = u->n;
	for (unsigned i = 0; i < u->n; i++) {
		u->plans.media[i].plan = (struct payload_plan){ 0 };
		u->plans.media[i].own = false;
		if (!u->line[i].source)
			continue;
		payload_offer_stream(j, i, u->line[i].source, u->listener, &u->media, &u->plans);
		plan_narrow(u, i, &u->plans.media[i].plan);
	}
}

static enum outcome offer_make(struct job *j, struct subscription *u, const struct sdp *sdp, struct span *body)
{
	const struct parties p = { .answerer = u->listener };
	struct offer_media *m = &u->media;
	enum outcome o = OUTCOME_OK;

	if (leg_grow(u->listener, u->n))
		return OUTCOME_NO_MEMORY;
	plans_make(j, u);
	o = offer_is_usable(m, u->n);
	if (o == OUTCOME_OK)
		o = profile_of_offer(j, u->listener, m, u->n);
	if (o == OUTCOME_OK)
		o = offer_take_ports(j, u->listener, NULL, m->open, u->n);
	if (o == OUTCOME_OK)
		o = protection_offer(j, &p, m, u->n);
	if (o == OUTCOME_OK)
		grouping_offer(&p, m, u->n);
	if (o == OUTCOME_OK)
		o = body_write(j, sdp, u->listener, &(struct body_look){ m, &u->plans, 0 }, body);
	return o;
}

static void put_medias(struct job *j, const struct subscription *u, const struct leg *source)
{
	struct ng_writer *n = &j->answer;

	ng_begin_list(n, SPAN("medias"));
	for (unsigned i = 0; i < u->n; i++) {
		const struct stream *m = ear_source(&u->line[i]);

		if (u->line[i].source != source)
			continue;
		ng_begin_dict(n, (struct span){ 0 });
		ng_put_u64(n, SPAN("index"), u->line[i].stream + 1);
		ng_put_str(n, SPAN("type"), span_str(m->now.type));
		if (j->request->siprec) {
			char text[12];
			struct writer w = writer_over(text, sizeof(text));

			writer_u64(&w, i + 1);
			ng_put_str(n, SPAN("label"), writer_done(&w));
		}
		ng_put_str(n, SPAN("mode"), m->now.held ? SPAN("sendonly") : SPAN("sendrecv"));
		ng_end(n);
	}
	ng_end(n);
}

static void put_sources(struct job *j, const struct subscription *u, const struct sources *all)
{
	struct ng_writer *n = &j->answer;

	if (all->n == 1) {
		ng_put_str(n, SPAN("from-tag"), leg_tag(all->leg[0]));
	} else {
		ng_begin_list(n, SPAN("from-tags"));
		for (unsigned i = 0; i < all->n; i++)
			ng_put_str(n, (struct span){ 0 }, leg_tag(all->leg[i]));
		ng_end(n);
	}
	ng_put_str(n, SPAN("to-tag"), leg_tag(u->listener));
	ng_begin_list(n, SPAN("tag-medias"));
	for (unsigned i = 0; i < all->n; i++) {
		ng_begin_dict(n, (struct span){ 0 });
		ng_put_str(n, SPAN("tag"), leg_tag(all->leg[i]));
		if (span_is_set(all->leg[i]->label))
			ng_put_str(n, SPAN("label"), all->leg[i]->label);
		put_medias(j, u, all->leg[i]);
		ng_end(n);
	}
	ng_end(n);
}

/* It waits for its answer now. */
static void offer_keep(struct job *j, struct subscription *u)
{
	struct ear *ear = u->listener->ear;

	memcpy(ear->asked, u->line, u->n * sizeof(*ear->asked));
	ear->nasked = u->n;
	ear->asked_at = j->now;
	payload_keep_offer(&u->plans, u->listener);
	u->listener->offered = true;
	join_listen(j->relay, u->session, u->listener);
}

static enum outcome request_run(struct job *j, struct subscription *u, const struct sources *all)
{
	char text[ANNOUNCE_TEXT_MAX];
	struct writer w = writer_over(text, sizeof(text));
	struct sdp sdp;
	struct span body;
	enum outcome o = lines_plan(u, all);

	if (o != OUTCOME_OK)
		return o;
	announce_text(j, u, &w);
	if (w.failed || sdp_index(writer_done(&w), &sdp) != SDP_OK)
		return OUTCOME_REWRITE_FAILED;
	media_begin(j, u, &sdp);
	o = offer_make(j, u, &sdp, &body);
	offer_release(&u->media);
	if (o != OUTCOME_OK)
		return o;
	offer_keep(j, u);
	ng_put_str(&j->answer, SPAN("sdp"), body);
	put_sources(j, u, all);
	/* Nobody would know the tag that was made for him. */
	return j->answer.w->failed ? OUTCOME_ANSWER_TOO_LONG : OUTCOME_OK;
}

/* A tag of ours for who brought none. */
static struct span tag_make(struct relay *r, char out[MADE_TAG_MAX])
{
	struct writer w = writer_over(out, MADE_TAG_MAX);
	const uint64_t n = r->random(r->random_ctx);

	writer_hex(&w, &n, sizeof(n));
	return writer_done(&w);
}

static enum outcome listener_begin(struct job *j, struct session *s, struct leg **out)
{
	char made[MADE_TAG_MAX];
	const struct span asked = j->request->to_tag, tag = asked.n ? asked : tag_make(j->relay, made);
	const bool is_source = !span_is_set(j->request->from_tag) && !j->request->nfrom_tag && !j->request->all &&
			       !span_is_set(j->request->from_label);
	struct leg *l;
	enum outcome o;

	/* A side of the call hears the other one as it is. */
	if (session_leg(s, tag))
		return OUTCOME_UNKNOWN_LISTENER;
	o = parties_leg(j, tag, &l);
	if (o != OUTCOME_OK)
		return o;
	if (listener_add(s, l))
		return OUTCOME_NO_MEMORY;
	*out = l;
	if (span_is_set(j->request->label) && !is_source && leg_set_label(l, j->request->label))
		return OUTCOME_NO_MEMORY;
	return OUTCOME_OK;
}

enum outcome subscribe_request(struct job *j)
{
	struct subscription u = { .session = job_session(j) };
	struct sources all;
	bool is_new;
	enum outcome o;

	if (!u.session)
		return OUTCOME_UNKNOWN_CALL;
	if (!j->relay->path.copy)
		return OUTCOME_NOT_BUILT;
	o = sources_read(u.session, j->request, &all);
	if (o != OUTCOME_OK)
		return o;
	u.listener = listener_find(u.session, j->request->to_tag);
	is_new = !u.listener;
	if (is_new)
		o = listener_begin(j, u.session, &u.listener);
	if (o == OUTCOME_OK)
		o = request_run(j, &u, &all);
	if (o == OUTCOME_OK || !u.listener)
		return o;
	if (is_new)
		listener_end(j->relay, u.session, u.listener, j->now);
	else if (!u.listener->ear->nasked)
		join_drop_fresh(j->relay, u.listener, j->now);
	return o;
}

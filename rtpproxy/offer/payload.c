/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/offer/payload.h"

#include "rtpproxy/offer/codecs.h"
#include "rtpproxy/stream/digits.h"

static const struct payload_book no_book;

/* What the side has said of the m-line: now, or in the offer in hand. */
static const struct payload_book *book_of(const struct leg *l, unsigned media, bool offered)
{
	if (media >= l->nstream)
		return &no_book;
	return offered ? &leg_offered(l, media)->said : &l->stream[media].now.said;
}

static bool renumbers(const struct job *j, const struct leg *a, const struct leg *b)
{
	const struct conf_realm *realms = j->relay->conf->realms;

	return realms[a->realm].numbers == CONF_NUMBERS_OWN && realms[b->realm].numbers == CONF_NUMBERS_OWN;
}

static bool is_audio(const struct target *t)
{
	return span_ieq(span_str(t->type), SPAN("audio"));
}

/* Closed by us: nothing in it may cross. */
static void stream_close(struct job *j, struct target *t, bool *open)
{
	if (!*open)
		return;
	*open = false;
	t->refused = t->barren = true;
	job_warn(j, "no codec left that may be used", span_str(t->type));
}

void payload_choose(struct job *j, unsigned media, const struct leg *from, const struct leg *to, struct offer_media *m,
		    struct payload_plan *plan)
{
	const struct sdp_codec *list = m->codecs[media].list;
	const unsigned n = m->codecs[media].n;

	payload_plan_begin(plan, list, n);
	codecs_apply(j, from, to, is_audio(&m->target[media]), list, n, plan);
	digits_hide(from, to, list, n, plan);
	if (plan->given && plan->n == 0)
		stream_close(j, &m->target[media], &m->open[media]);
}

void payload_offer_stream(struct job *j, unsigned media, const struct leg *offerer, const struct leg *answerer,
			  struct offer_media *m, struct payload_plans *out)
{
	struct payload_plan *plan = &out->media[media].plan;

	payload_choose(j, media, offerer, answerer, m, plan);
	out->media[media].own =
		renumbers(j, offerer, answerer) &&
		payload_plan_renumber(plan, m->codecs[media].list, m->codecs[media].n, &m->target[media].said,
				      book_of(answerer, media, false), PAYLOAD_MAP_MAX);
}

void payload_offer(struct job *j, const struct sdp *sdp, const struct leg *offerer, const struct leg *answerer,
		   struct offer_media *m, struct payload_plans *out)
{
	codecs_warn(j, m);
	out->n = sdp->nmedia;
	for (unsigned i = 0; i < sdp->nmedia; i++) {
		payload_offer_stream(j, i, offerer, answerer, m, out);
		if (is_audio(&m->target[i]))
			digits_offer(offerer, answerer, m->codecs[i].list, m->codecs[i].n, &m->target[i].said,
				     book_of(answerer, i, false), &out->media[i].plan);
	}
}

static struct sdp_numbers numbers_shown(const struct payload_plan *plan)
{
	struct sdp_numbers shown = { 0 };

	for (unsigned i = 0; i < plan->n; i++)
		numbers_put(&shown, plan->format[i].to);
	return shown;
}

static struct sdp_numbers events_shown(const struct payload_plan *plan)
{
	struct sdp_numbers shown = { 0 };

	for (unsigned i = 0; i < plan->nevent; i++)
		numbers_put(&shown, plan->event[i].number);
	return shown;
}

void payload_keep_offer(const struct payload_plans *plans, struct leg *answerer)
{
	for (unsigned i = 0; i < plans->n && i < answerer->nstream; i++) {
		answerer->stream[i].own_numbers = plans->media[i].own;
		answerer->stream[i].shown = numbers_shown(&plans->media[i].plan);
		answerer->stream[i].events_shown = events_shown(&plans->media[i].plan);
	}
}

/* What the two sides of a stream call its codecs. */
struct meeting {
	const struct payload_book *offered;  /* by who made the offer */
	struct sdp_numbers shown;            /* to who answered */
	const struct payload_book *answered; /* by who answered, before this answer */
	bool own;                            /* the offer was shown in those numbers */
	struct payload_map to_answerer, to_offerer;
};

/* Who made the offer sends under what it offered. Who answered was shown that, or its own number. */
static void meeting_add(struct meeting *m, const struct sdp_codec *c, uint8_t offered)
{
	const int own = m->own ? payload_book_number(m->answered, c) : -1;

	if (offered != c->number)
		(void)payload_map_add(&m->to_answerer, offered, c->number);
	if (own >= 0 && own != offered)
		(void)payload_map_add(&m->to_offerer, (uint8_t)own, offered);
}

/* There are phones that send under the number of their own answer. It is taken, where it was not shown as something
 * else. */
static void meeting_forgive(struct meeting *m, const struct sdp_codec *c, uint8_t offered)
{
	if (c->number != offered && (!numbers_have(&m->shown, c->number) || !payload_book_uses(m->offered, c->number)))
		(void)payload_map_add(&m->to_offerer, c->number, offered);
}

typedef void meeting_fn(struct meeting *m, const struct sdp_codec *c, uint8_t offered);

static void codecs_meet(const struct payload_plan *plan, const struct sdp_codec *list, unsigned n, struct meeting *m,
			meeting_fn *each)
{
	for (unsigned i = 0; i < n; i++) {
		const int shown = payload_plan_shows(plan, list[i].number);

		if (shown >= 0 && span_is_set(list[i].encoding))
			each(m, &list[i], (uint8_t)shown);
	}
}

void payload_answer(struct job *j, const struct session *s, const struct sdp *sdp, const struct leg *offerer,
		    const struct leg *answerer, struct offer_media *m, struct payload_plans *out)
{
	const bool renumber = renumbers(j, offerer, answerer);

	out->n = sdp->nmedia;
	for (unsigned i = 0; i < sdp->nmedia; i++) {
		struct payload_plan *plan = &out->media[i].plan;
		const struct sdp_codec *list = m->codecs[i].list;
		const unsigned n = m->codecs[i].n;
		struct meeting meeting = {
			.offered = book_of(offerer, i, s->offerer == offerer),
			.answered = book_of(answerer, i, false),
		};

		payload_choose(j, i, answerer, offerer, m, plan);
		if (i < answerer->nstream) {
			meeting.shown = answerer->stream[i].shown;
			meeting.own = answerer->stream[i].own_numbers;
		}
		if (renumber &&
		    payload_plan_renumber(plan, list, n, &m->target[i].said, meeting.offered, PAYLOAD_MAP_MAX)) {
			codecs_meet(plan, list, n, &meeting, meeting_add);
			codecs_meet(plan, list, n, &meeting, meeting_forgive);
		}
		if (is_audio(&m->target[i]))
			digits_answer(answerer, offerer, list, n, meeting.offered, plan);
		out->media[i].to_reader = meeting.to_offerer;
		out->media[i].to_writer = meeting.to_answerer;
	}
}

void payload_keep_answer(const struct payload_plans *plans, struct leg *offerer, struct leg *answerer)
{
	for (unsigned i = 0; i < plans->n; i++) {
		if (i < answerer->nstream)
			answerer->stream[i].map = plans->media[i].to_reader;
		if (i < offerer->nstream)
			offerer->stream[i].map = plans->media[i].to_writer;
	}
}

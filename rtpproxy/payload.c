/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/payload.h"

static const struct payload_book no_book;

/* What the side has said of the m-line: now, or in the offer in hand. */
static const struct payload_book *book_of(const struct leg *l, unsigned media, bool offered)
{
	if (media >= l->nstream)
		return &no_book;
	return offered ? &l->stream[media].next.said : &l->stream[media].now.said;
}

static bool renumbers(const struct job *j, const struct leg *a, const struct leg *b)
{
	const struct conf_realm *realms = j->relay->conf->realms;

	return realms[a->realm].numbers == CONF_NUMBERS_OWN && realms[b->realm].numbers == CONF_NUMBERS_OWN;
}

void payload_offer(const struct job *j, const struct sdp *sdp, const struct leg *offerer, struct leg *answerer,
		   struct payload_plans *out)
{
	const bool renumber = renumbers(j, offerer, answerer);
	struct codec list[CODEC_MAX];

	for (unsigned i = 0; i < sdp->nmedia; i++) {
		const unsigned n = codec_list(sdp, i, list);
		struct payload_plan *plan = &out->media[i];
		struct payload_book said;
		bool own = false;

		payload_book_read(&said, list, n);
		payload_plan_begin(plan, list, n);
		if (renumber)
			own = payload_plan_renumber(plan, list, n, &said, book_of(answerer, i, false), PAYLOAD_MAP_MAX);
		if (i < answerer->nstream)
			answerer->stream[i].own_numbers = own;
	}
}

/* What the two sides of a stream call its codecs. */
struct meeting {
	const struct payload_book *offered;  /* by who made the offer */
	const struct payload_book *answered; /* by who answered, before this answer */
	bool own;                            /* the offer was shown in those numbers */
	struct payload_map to_answerer, to_offerer;
};

/* Who made the offer sends under what it offered. Who answered was shown that, or its own number. */
static void meeting_add(struct meeting *m, const struct codec *c, uint8_t offered)
{
	const int own = m->own ? payload_book_number(m->answered, c) : -1;

	if (offered != c->number)
		(void)payload_map_add(&m->to_answerer, offered, c->number);
	if (own >= 0 && own != offered)
		(void)payload_map_add(&m->to_offerer, (uint8_t)own, offered);
}

/* There are phones that send under the number of their own answer. It is taken, where it was not offered for something
 * else. */
static void meeting_forgive(struct meeting *m, const struct codec *c, uint8_t offered)
{
	if (c->number != offered && !payload_book_uses(m->offered, c->number))
		(void)payload_map_add(&m->to_offerer, c->number, offered);
}

typedef void meeting_fn(struct meeting *m, const struct codec *c, uint8_t offered);

static void codecs_meet(const struct payload_plan *plan, const struct codec *list, unsigned n, struct meeting *m,
			meeting_fn *each)
{
	for (unsigned i = 0; i < n; i++) {
		const int shown = payload_plan_shows(plan, list[i].number);

		if (shown >= 0 && span_is_set(list[i].encoding))
			each(m, &list[i], (uint8_t)shown);
	}
}

void payload_answer(const struct job *j, const struct session *s, const struct sdp *sdp, struct leg *offerer,
		    struct leg *answerer, struct payload_plans *out)
{
	const bool renumber = renumbers(j, offerer, answerer);
	struct codec list[CODEC_MAX];

	for (unsigned i = 0; i < sdp->nmedia; i++) {
		const unsigned n = codec_list(sdp, i, list);
		struct payload_plan *plan = &out->media[i];
		struct meeting m = {
			.offered = book_of(offerer, i, s->offerer == offerer),
			.answered = book_of(answerer, i, false),
		};
		struct payload_book said;

		payload_book_read(&said, list, n);
		payload_plan_begin(plan, list, n);
		if (i >= answerer->nstream || i >= offerer->nstream)
			continue;
		m.own = answerer->stream[i].own_numbers;
		if (renumber && payload_plan_renumber(plan, list, n, &said, m.offered, PAYLOAD_MAP_MAX)) {
			codecs_meet(plan, list, n, &m, meeting_add);
			codecs_meet(plan, list, n, &m, meeting_forgive);
		}
		offerer->stream[i].map = m.to_answerer;
		answerer->stream[i].map = m.to_offerer;
	}
}

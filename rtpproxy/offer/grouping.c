/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/offer/grouping.h"

#include "rtpproxy/offer/offer.h"

/* Of what the reader said before, and what it is shown now. */
static void name_again(const struct terms *said, const struct terms *shown, struct protection *look)
{
	if (!said || !said->bundle.name[0])
		return;
	look->group = said->bundle.grouped ? span_str(said->bundle.name) : (struct span){ 0 };
	if (!shown || !shown->bundle.name[0])
		look->mid = span_str(said->bundle.name);
	else if (!span_eq(span_str(shown->bundle.name), span_str(said->bundle.name)))
		look->group = (struct span){ 0 };
}

void grouping_offer(const struct parties *p, struct offer_media *m, unsigned n)
{
	const struct leg *reader = p->known ? p->known : p->answerer;

	for (unsigned i = 0; i < n && i < reader->nstream; i++)
		name_again(reader->stream[i].now.terms, m->target[i].terms, &m->look[i]);
}

void grouping_answer(const struct session *s, const struct parties *p, struct offer_media *m, unsigned n)
{
	for (unsigned i = 0; i < n && i < p->offerer->nstream; i++) {
		const struct target *offered =
			s->offerer == p->offerer ? leg_offered(p->offerer, i) : &p->offerer->stream[i].now;

		name_again(offered->terms, m->target[i].terms, &m->look[i]);
	}
}

struct span grouping_first(const struct offer_media *m, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (m->open[i] && span_is_set(m->look[i].group))
			return m->look[i].group;
	return (struct span){ 0 };
}

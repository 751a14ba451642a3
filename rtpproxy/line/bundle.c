/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/line/bundle.h"

#include "alg/base/cursor.h"
#include "rtpproxy/offer/offer.h"
#include "rtpproxy/offer/parties.h"

/* "BUNDLE 0 1" has the name among its words. */
static bool group_has(struct span value, struct span name)
{
	struct cursor c = { .left = value };

	if (!span_eq(cursor_until(&c, BLANK), SPAN("BUNDLE")))
		return false;
	while (c.left.n) {
		cursor_blank(&c);
		if (span_eq(cursor_until(&c, BLANK), name))
			return true;
	}
	return false;
}

void bundle_read(const struct sdp *sdp, unsigned media, struct bundle *out)
{
	const struct sdp_line *at = NULL;
	struct bundle b = { 0 };
	struct span name, value;

	if (sdp_attribute(sdp, &sdp->media[media], SPAN("mid"), NULL, &name) && name.n && name.n <= BUNDLE_NAME_MAX) {
		memcpy(b.name, name.p, name.n);
		while (!b.grouped && (at = sdp_attribute(sdp, &sdp->session, SPAN("group"), at, &value)))
			b.grouped = group_has(value, name);
	}
	*out = b;
}

/* Of what the reader said before, and what it is shown now. */
static void name_again(const struct terms *said, const struct terms *shown, struct secure_look *look)
{
	if (!said || !said->bundle.name[0])
		return;
	look->group = said->bundle.grouped ? span_str(said->bundle.name) : (struct span){ 0 };
	if (!shown || !shown->bundle.name[0])
		look->mid = span_str(said->bundle.name);
	else if (!span_eq(span_str(shown->bundle.name), span_str(said->bundle.name)))
		look->group = (struct span){ 0 };
}

void bundle_offer(const struct parties *p, struct offer_media *m, unsigned n)
{
	const struct leg *reader = p->known ? p->known : p->answerer;

	for (unsigned i = 0; i < n && i < reader->nstream; i++)
		name_again(reader->stream[i].now.terms, m->target[i].terms, &m->look[i]);
}

void bundle_answer(const struct session *s, const struct parties *p, struct offer_media *m, unsigned n)
{
	for (unsigned i = 0; i < n && i < p->offerer->nstream; i++) {
		const struct target *offered =
			s->offerer == p->offerer ? leg_offered(p->offerer, i) : &p->offerer->stream[i].now;

		name_again(offered->terms, m->target[i].terms, &m->look[i]);
	}
}

struct span bundle_group(const struct offer_media *m, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (m->open[i] && span_is_set(m->look[i].group))
			return m->look[i].group;
	return (struct span){ 0 };
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/listen/sources.h"

#include "rtpproxy/stream/block.h"

static void source_add(struct sources *all, struct leg *l)
{
	for (unsigned i = 0; i < all->n; i++)
		if (all->leg[i] == l)
			return;
	if (all->n < NG_TAGS_MAX)
		all->leg[all->n++] = l;
}

static enum outcome sources_by_tags(const struct session *s, const struct ng_request *q, struct sources *out)
{
	for (unsigned i = 0; i <= q->nfrom_tag; i++) {
		const struct span tag = i < q->nfrom_tag ? q->from_tags[i] : q->from_tag;
		struct leg *l = session_leg(s, tag);

		if (!span_is_set(tag))
			continue;
		if (!l)
			return OUTCOME_UNKNOWN_TAGS;
		source_add(out, l);
	}
	return OUTCOME_OK;
}

/* Those who talk with each other; before there is an answer all. */
static bool is_in_call(const struct session *s, const struct leg *l)
{
	return l == s->near || !s->joined || l == s->joined;
}

enum outcome sources_read(const struct session *s, const struct ng_request *q, struct sources *out)
{
	enum outcome o;

	out->n = 0;
	if (!q->all) {
		o = sources_by_tags(s, q, out);
		if (o != OUTCOME_OK || out->n)
			return o;
	}
	for (struct leg *l = s->near; l && !l->ear; l = session_next(s, l))
		if (q->all ? is_in_call(s, l) : block_names(l, q))
			source_add(out, l);
	return out->n ? OUTCOME_OK : OUTCOME_NO_SOURCE;
}

bool source_is_audible(const struct stream *m)
{
	return m->port && stream_is_open(m) && !m->now.datagram && m->now.formats;
}

bool sources_have(const struct sources *all, const struct ear_line *line)
{
	if (!line->source || line->stream >= line->source->nstream || !source_is_audible(ear_source(line)))
		return false;
	for (unsigned i = 0; i < all->n; i++)
		if (all->leg[i] == line->source)
			return true;
	return false;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/hidden.h"

#include "rtpproxy/session/offer.h"

static uint32_t bit(unsigned line)
{
	return line < SDP_MEDIA_MAX ? UINT32_C(1) << line : 0;
}

uint32_t hidden_agreed(const struct leg *l)
{
	return l->hidden & (l->agreed < SDP_MEDIA_MAX ? bit(l->agreed) - 1 : UINT32_MAX);
}

/* --- the sender's description, completed --- */

/* Formats mean nothing there, but there must be some (RFC 8866 9). */
static void put_refused(struct writer *w, const struct leg *other, unsigned line)
{
	const struct target *t = line < other->nstream ? leg_offered(other, line) : NULL;
	const bool known = t && t->type[0] && t->protocol[0];

	writer_str(w, "m=");
	writer_str(w, known ? t->type : "audio");
	writer_str(w, " 0 ");
	writer_str(w, known ? t->protocol : "RTP/AVP");
	writer_str(w, !known || span_search(span_str(t->protocol), SPAN("RTP/")) < strlen(t->protocol) ? " 0" : " *");
	writer_str(w, "\r\n");
}

static void put_section(struct writer *w, const struct sdp *sdp, const struct sdp_section *s)
{
	writer_put(w, span_slice(sdp->raw, sdp->line[s->first].from, sdp->line[s->end - 1].next));
	if (w->n && w->p[w->n - 1] != '\n')
		writer_str(w, "\r\n");
}

enum outcome hidden_complete(struct job *j, uint32_t hidden, const struct leg *other, struct sdp *sdp)
{
	struct writer w = writer_over(j->relay->completed, RELAY_BODY_MAX);
	unsigned said = 0;

	if (!hidden)
		return OUTCOME_OK;
	put_section(&w, sdp, &sdp->session);
	for (unsigned i = 0; i < SDP_MEDIA_MAX && (said < sdp->nmedia || hidden >> i); i++) {
		if (said < sdp->nmedia && !(hidden & bit(i)))
			put_section(&w, sdp, &sdp->media[said++]);
		else
			put_refused(&w, other, i);
	}
	if (said < sdp->nmedia || w.failed)
		return OUTCOME_BAD_SDP;
	return sdp_index(writer_done(&w), sdp) == SDP_OK ? OUTCOME_OK : OUTCOME_BAD_SDP;
}

/* --- what the reader is not shown --- */

static bool is_unwanted(const struct ng_request *q, struct span type)
{
	for (unsigned i = 0; i < q->nhide; i++)
		if (span_ieq(q->hide[i], type) || (conf_kind_find(type) < 0 && span_ieq(q->hide[i], SPAN("other"))))
			return true;
	return false;
}

uint32_t hidden_choose(const struct job *j, const struct leg *reader, struct offer_media *m)
{
	uint32_t hidden = hidden_agreed(reader);

	for (unsigned i = 0; i < m->n && (hidden || j->request->nhide); i++) {
		struct target *t = &m->target[i];
		const bool unwanted = is_unwanted(j->request, span_str(t->type));

		if (unwanted && i >= reader->agreed)
			hidden |= bit(i);
		if (!unwanted && !(hidden & bit(i)))
			continue;
		m->open[i] = false;
		t->unwanted = !t->refused;
		t->refused = true;
	}
	return hidden;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/offer/hidden.h"

#include "alg/sdp/media.h"
#include "rtpproxy/offer/offer.h"

static uint32_t bit(unsigned line)
{
	return line < SDP_MEDIA_MAX ? UINT32_C(1) << line : 0;
}

/* The first n lines. */
static uint32_t bits(unsigned n)
{
	return n < SDP_MEDIA_MAX ? bit(n) - 1 : UINT32_MAX;
}

/* --- what the sender of an offer has not --- */

/* Has the reader such a line there? Of a resumed one all that is known is whether it has a port. */
static bool has_there(const struct leg *reader, unsigned line, const struct sdp_media *wanted)
{
	const struct stream *m = line < reader->nstream ? &reader->stream[line] : NULL;

	if (!m || !m->now.type[0])
		return m && !m->port == !wanted->port;
	return span_ieq(span_str(m->now.type), wanted->type);
}

/* A line that is new in the sender's dialog: where the reader has one of its type, else behind them all. */
static unsigned place_of(const struct leg *sender, const struct leg *reader, const struct sdp_media *line,
			 unsigned from)
{
	const unsigned end = sender->agreed > reader->agreed ? sender->agreed : reader->agreed;

	for (unsigned i = from; i < end; i++)
		if (has_there(reader, i, line))
			return i;
	return from > end ? from : end;
}

/* By bit, where the lines of an offer belong; *end is one behind the last. */
static uint32_t places(const struct leg *sender, const struct leg *reader, const struct sdp *sdp, unsigned *end)
{
	uint32_t used = 0;
	unsigned said = 0, next = 0;

	for (unsigned i = 0; i < sender->agreed; i++) {
		if (sender->absent & bit(i))
			continue;
		next = i + 1;
		used |= said++ < sdp->nmedia ? bit(i) : 0;
	}
	for (; said < sdp->nmedia && next < SDP_MEDIA_MAX; said++) {
		struct sdp_media line = { 0 };

		sdp_media_parse(sdp_line_value(sdp, &sdp->line[sdp->media[said].first]), &line);
		next = place_of(sender, reader, &line, next);
		used |= bit(next++);
	}
	*end = next > reader->agreed ? next : reader->agreed;
	return used;
}

/* m-lines that the sender no longer lists are refused (O3: they should have stayed). */
static void warn_missing(struct job *j, const struct leg *sender, uint32_t hidden)
{
	for (unsigned i = 0; i < sender->agreed && i < sender->nstream; i++)
		if ((hidden & ~sender->absent & bit(i)) && stream_is_open(&sender->stream[i]))
			job_warn(j, "m-line missing that was there before", (struct span){ 0 });
}

enum outcome hidden_align(struct job *j, struct parties *p, struct sdp *sdp)
{
	const struct leg *sender = p->offerer, *reader = p->known ? p->known : p->answerer;
	unsigned end;
	uint32_t used;

	if (!sender->absent && sender->agreed == reader->agreed && sdp->nmedia >= reader->agreed)
		return OUTCOME_OK;
	used = places(sender, reader, sdp, &end);
	p->hidden = bits(end) & ~used;
	warn_missing(j, sender, p->hidden);
	return hidden_complete(j, p->hidden, reader, sdp);
}

void hidden_settle(struct leg *l, unsigned n)
{
	l->absent = l->hidden & bits(n);
}

void hidden_forget(struct leg *l)
{
	l->hidden = l->absent;
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

/* Behind it there is nothing that the reader has: it may come to have it. */
static bool may_come(const struct leg *reader, unsigned line)
{
	const uint32_t has = bits(reader->agreed) & ~reader->absent;

	return line >= reader->agreed || (!(reader->withheld & bit(line)) && has < bit(line));
}

uint32_t hidden_choose(const struct job *j, const struct leg *reader, struct offer_media *m)
{
	uint32_t hidden = reader->absent;

	for (unsigned i = 0; i < m->n && (hidden || j->request->nhide); i++) {
		struct target *t = &m->target[i];
		const bool unwanted = is_unwanted(j->request, span_str(t->type));

		if (unwanted && i >= reader->agreed)
			hidden |= bit(i);
		else if (!unwanted && !t->refused && may_come(reader, i))
			hidden &= ~bit(i);
		if (!unwanted && !(hidden & bit(i)))
			continue;
		m->open[i] = false;
		t->unwanted = !t->refused;
		t->refused = true;
	}
	return hidden;
}

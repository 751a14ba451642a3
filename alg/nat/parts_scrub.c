/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/nat/parts_scrub.h"

#include "alg/nat/scrub.h"
#include "alg/sip/content_type.h"
#include "alg/sip/hdr.h"
#include "alg/sip/multipart.h"

static enum body_verdict scrub(struct writer *w, struct span type, struct span body, const struct body_scrub *s,
			       unsigned depth);

/* A line with its end and what is folded below it, off *left. */
static struct span line_take(struct span *left)
{
	uint32_t end = 0;
	struct span line;

	do
		end += span_search(span_from(*left, end), SPAN("\r\n")) + 2;
	while (end < left->n && (left->p[end] == ' ' || left->p[end] == '\t'));
	line = span_slice(*left, 0, end);
	*left = span_from(*left, end);
	return line;
}

/* Other headers mean nothing in a part (RFC 2046 5.1), but to who takes them for those of the message. */
static bool belongs_to_part(struct span name, enum sip_hdr hdr)
{
	static const struct span content = { "Content-", 8 };

	return hdr == SIP_HDR_CONTENT_TYPE || hdr == SIP_HDR_CONTENT_ENCODING || span_istarts(name, content);
}

static void headers_write(struct writer *w, struct span left, struct span host)
{
	bool typed = false;

	while (left.n) {
		struct span line = line_take(&left), name = span_trim(span_slice(line, 0, span_find(line, ':')));
		enum sip_hdr hdr = sip_hdr_find(name);

		/* A second type would be what some go by, and we did not. */
		if (hdr == SIP_HDR_CONTENT_LENGTH || !belongs_to_part(name, hdr) ||
		    (hdr == SIP_HDR_CONTENT_TYPE && typed))
			continue;
		typed = typed || hdr == SIP_HDR_CONTENT_TYPE;
		if (hdr == SIP_HDR_CONTENT_ID)
			scrub_part_name(w, line, host);
		else
			writer_put(w, line);
	}
}

/* With the delimiter before it. False: left out. */
static bool part_write(struct writer *w, struct span boundary, const struct multipart_part *p,
		       const struct body_scrub *s, unsigned depth)
{
	uint32_t begin = w->n, content;

	writer_put(w, SPAN("--"));
	writer_put(w, boundary);
	writer_put(w, SPAN("\r\n"));
	headers_write(w, p->headers, s->host);
	writer_put(w, SPAN("\r\n"));
	content = w->n;
	switch (scrub(w, p->type, p->content, s, depth)) {
	case BODY_UNREADABLE:
		w->n = begin;
		return false;
	case BODY_AS_IS:
		w->n = content;
		writer_put(w, p->content);
		break;
	default:
		break;
	}
	writer_put(w, SPAN("\r\n"));
	return true;
}

static enum body_verdict parts_write(struct writer *w, struct multipart *m, const struct body_scrub *s, unsigned depth)
{
	struct multipart_part p;
	unsigned kept = 0;
	int got;

	while ((got = multipart_next(m, &p)) == 1)
		kept += part_write(w, m->boundary, &p, s, depth);
	if (got < 0 || !kept)
		return BODY_UNREADABLE;
	writer_put(w, SPAN("--"));
	writer_put(w, m->boundary);
	writer_put(w, SPAN("--\r\n"));
	return w->failed ? BODY_UNREADABLE : BODY_SCRUBBED;
}

static enum body_verdict scrub(struct writer *w, struct span type, struct span body, const struct body_scrub *s,
			       unsigned depth)
{
	struct content_type t;
	struct multipart m;

	if (content_type_read(type, &t) || !span_ieq(t.type, SPAN("multipart")))
		return body_scrub(w, type, body, s);
	if (span_ieq(t.subtype, SPAN("signed")))
		return BODY_AS_IS;
	if (depth == PARTS_SCRUB_DEPTH || multipart_open(type, body, &m))
		return BODY_UNREADABLE;
	return parts_write(w, &m, s, depth + 1);
}

enum body_verdict parts_scrub(struct writer *w, struct span content_type, struct span body, const struct body_scrub *s)
{
	return scrub(w, content_type, body, s, 0);
}

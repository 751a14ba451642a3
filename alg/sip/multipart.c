/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/multipart.h"

#include "alg/base/cursor.h"
#include "alg/sip/content_type.h"
#include "alg/sip/hdr.h"
#include "alg/sip/params.h"

static struct span unquoted(struct span s)
{
	return s.n >= 2 && s.p[0] == '"' ? span_slice(s, 1, s.n - 1) : s;
}

/* RFC 2046 5.1.1, bchars; a quoted-pair has no place in it. */
static bool boundary_ok(struct span s)
{
	if (s.n == 0 || s.n > MULTIPART_BOUNDARY_MAX || s.p[s.n - 1] == ' ')
		return false;
	for (uint32_t i = 0; i < s.n; i++)
		if (!byte_is(s.p[i], ALPHA | DIGIT) && !memchr("'()+_,-./:=? ", s.p[i], 13))
			return false;
	return true;
}

/* How long the delimiter is that s begins with, its line end included; 0: none. *last: it ends the body. */
static uint32_t delimiter_length(const struct multipart *m, struct span s, bool *last)
{
	struct cursor c = { .left = s };

	if (!cursor_try(&c, '-') || !cursor_try(&c, '-') || !span_starts(c.left, m->boundary))
		return 0;
	cursor_take(&c, m->boundary.n);
	*last = span_starts(c.left, SPAN("--"));
	if (*last)
		return m->boundary.n + 4;
	while (cursor_try(&c, ' ') || cursor_try(&c, '\t'))
		;
	return span_starts(c.left, SPAN("\r\n")) ? s.n - c.left.n + 2 : 0;
}

/* Offset of the next delimiter at the begin of a line, or s.n. */
static uint32_t delimiter_find(const struct multipart *m, struct span s)
{
	bool last;

	for (uint32_t at = 0; at < s.n;) {
		if (delimiter_length(m, span_from(s, at), &last))
			return at;
		at += span_search(span_from(s, at), SPAN("\r\n")) + 2;
	}
	return s.n;
}

int multipart_open(struct span content_type, struct span body, struct multipart *out)
{
	struct content_type t;
	struct multipart m = { 0 };
	uint32_t at;

	if (content_type_parse(content_type, &t) || !span_ieq(t.type, SPAN("multipart")))
		return -1;
	m.boundary = unquoted(params_get(t.params, SPAN("boundary")));
	if (!boundary_ok(m.boundary))
		return -1;
	at = delimiter_find(&m, body);
	if (at >= body.n)
		return -1;
	m.left = span_from(body, at);
	*out = m;
	return 0;
}

/* One header line off *left. 1, 0 at the empty line (taken), -1. */
static int line_next(struct span *left, struct span *name, struct span *value)
{
	uint32_t end = span_search(*left, SPAN("\r\n"));
	struct span line;

	/* A fold belongs to the line before it. */
	while (end && end + 2 < left->n && (left->p[end + 2] == ' ' || left->p[end + 2] == '\t'))
		end += 2 + span_search(span_from(*left, end + 2), SPAN("\r\n"));
	if (end >= left->n)
		return -1;
	line = span_slice(*left, 0, end);
	*left = span_from(*left, end + 2);
	if (line.n == 0)
		return 0;
	*name = span_trim(span_slice(line, 0, span_find(line, ':')));
	*value = span_trim(span_from(line, span_find(line, ':') + 1));
	return name->n && span_find(line, ':') < line.n ? 1 : -1;
}

/* Of a transfer encoding, these three say that nothing was done (RFC 2045 6.2). */
static bool changes_bytes(struct span name, struct span value)
{
	if (sip_hdr_find(name) == SIP_HDR_CONTENT_ENCODING)
		return !span_ieq(value, SPAN("identity"));
	return span_ieq(name, SPAN("Content-Transfer-Encoding")) && !span_ieq(value, SPAN("7bit")) &&
	       !span_ieq(value, SPAN("8bit")) && !span_ieq(value, SPAN("binary"));
}

static void header_read(struct multipart_part *p, struct span name, struct span value)
{
	enum sip_hdr hdr = sip_hdr_find(name);

	if (hdr == SIP_HDR_CONTENT_TYPE && !span_is_set(p->type))
		p->type = value;
	else if (hdr == SIP_HDR_CONTENT_DISPOSITION && !span_is_set(p->disposition))
		p->disposition = value;
	p->encoded |= changes_bytes(name, value);
}

static int part_read(struct span text, struct multipart_part *out)
{
	struct multipart_part p = { 0 };
	struct span left = text, name, value;
	int got;

	while ((got = line_next(&left, &name, &value)) == 1)
		header_read(&p, name, value);
	if (got < 0)
		return -1;
	p.headers = span_slice(text, 0, text.n - left.n - 2);
	p.content = left;
	*out = p;
	return 0;
}

int multipart_next(struct multipart *m, struct multipart_part *out)
{
	bool last = false;
	uint32_t begin = delimiter_length(m, m->left, &last), end;
	struct span text;

	if (last)
		return 0;
	text = span_from(m->left, begin);
	end = delimiter_find(m, text);
	if (begin == 0 || end >= text.n || m->parts == MULTIPART_PARTS_MAX)
		return -1;
	/* The CRLF before a delimiter is the delimiter's. Straight behind one there is none: no part. */
	if (end < 2 || part_read(span_slice(text, 0, end - 2), out))
		return -1;
	m->left = span_from(text, end);
	m->parts++;
	return 1;
}

void multipart_replace(struct writer *w, struct span body, const struct multipart_part *part, struct span content)
{
	struct span left = span_of(part->headers.p, part->headers.n + 2), name, value;
	const char *end = part->content.p + part->content.n;

	writer_put(w, span_of(body.p, (size_t)(part->headers.p - body.p)));
	for (const char *line = left.p; line_next(&left, &name, &value) == 1; line = left.p)
		if (sip_hdr_find(name) != SIP_HDR_CONTENT_LENGTH)
			writer_put(w, span_of(line, (size_t)(left.p - line)));
	writer_put(w, SPAN("\r\n"));
	writer_put(w, content);
	writer_put(w, span_of(end, (size_t)(body.p + body.n - end)));
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/frame.h"

#include "alg/base/cursor.h"
#include "alg/sip/hdr.h"

/* What the Content-Length lines of one header block say. */
struct announced {
	uint64_t length;
	bool known, broken;
};

static struct frame answer(enum frame_kind kind, uint32_t length)
{
	return (struct frame){ .kind = kind, .length = length };
}

static void length_add(struct announced *a, struct span value)
{
	uint64_t length;

	if (span_u64(span_trim(value), &length) || length > FRAME_BODY_MAX || (a->known && length != a->length)) {
		a->broken = true;
		return;
	}
	a->length = length;
	a->known = true;
}

/* A field with its folded lines: only the name decides whether we read it. */
static void field_read(struct announced *a, struct span field)
{
	uint32_t colon = span_find(field, ':');

	if (sip_hdr_find(span_trim(span_slice(field, 0, colon))) == SIP_HDR_CONTENT_LENGTH)
		length_add(a, span_from(field, colon + 1));
}

/* Offset of the LF that ends the line at `from`. A CR or LF alone breaks the framing: another reader of this stream may
 * take it for the end of a line. */
static uint32_t line_end(struct announced *a, struct span block, uint32_t from)
{
	uint32_t lf = from + span_find(span_from(block, from), '\n');
	uint32_t cr = from + span_find(span_from(block, from), '\r');

	if (cr + 1 != lf)
		a->broken = true;
	return lf;
}

/* block is the start line and the headers, up to the empty line and without it; each line with its CRLF. */
static struct announced block_read(struct span block)
{
	struct announced a = { 0 };
	uint32_t field = line_end(&a, block, 0) + 1;
	uint32_t at = field;

	while (at < block.n && !a.broken) {
		at = line_end(&a, block, at) + 1;
		if (at < block.n && (block.p[at] == ' ' || block.p[at] == '\t'))
			continue;
		field_read(&a, span_slice(block, field, at));
		field = at;
	}
	return a;
}

/* HTTP has no Content-Length, too, where it has no body. */
static bool is_sip(struct span received)
{
	struct span first = span_slice(received, 0, span_find(received, '\r'));

	return span_search(first, SPAN("SIP/")) < first.n;
}

static struct frame message(struct span received)
{
	uint32_t headers = span_search(received, SPAN("\r\n\r\n"));
	struct announced a;
	uint32_t total;

	if (headers == received.n)
		return answer(received.n >= FRAME_HEADER_MAX ? FRAME_BROKEN : FRAME_MORE, 0);
	if (headers + 4 > FRAME_HEADER_MAX)
		return answer(FRAME_BROKEN, 0);
	a = block_read(span_slice(received, 0, headers + 2));
	if (a.broken || (!a.known && !is_sip(received)))
		return answer(FRAME_BROKEN, 0);
	total = headers + 4 + (uint32_t)a.length;
	return total > received.n ? answer(FRAME_MORE, 0) : answer(FRAME_MESSAGE, total);
}

struct frame frame_next(struct span received)
{
	if (received.n == 0 || span_eq(received, SPAN("\r")))
		return answer(FRAME_MORE, 0);
	if (span_starts(received, SPAN("\r\n")))
		return answer(FRAME_CRLF, 2);
	/* What cannot begin a start line will not become one: TLS, HTTP/2 or noise on a plain port. */
	if (!byte_is(received.p[0], TOKEN))
		return answer(FRAME_BROKEN, 0);
	return message(received);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/sdp.h"

#include "alg/base/cursor.h"

/* Lines that belong to the session part, where there must be each of them, and some only once (RFC 8866 5). */
enum {
	LINE_V = 1 << 0,
	LINE_O = 1 << 1,
	LINE_S = 1 << 2,
	LINE_T = 1 << 3, /* several are allowed */
	LINES_NEEDED = LINE_V | LINE_O | LINE_S | LINE_T,
	LINES_ONCE = LINE_V | LINE_O | LINE_S,
};

static const uint8_t session_line[256] = { ['v'] = LINE_V, ['o'] = LINE_O, ['s'] = LINE_S, ['t'] = LINE_T };

const char *sdp_verdict_name(enum sdp_verdict v)
{
	static const char *const names[SDP_VERDICT_N] = {
		[SDP_OK] = "ok",
		[SDP_NO_VERSION] = "sdp-no-version",
		[SDP_BAD_LINE] = "sdp-bad-line",
		[SDP_BAD_ORDER] = "sdp-bad-order",
		[SDP_TOO_MANY_LINES] = "sdp-too-many-lines",
		[SDP_TOO_MANY_MEDIA] = "sdp-too-many-media",
		[SDP_TOO_LONG] = "sdp-too-long",
	};

	return v < SDP_VERDICT_N ? names[v] : "?";
}

/* Reads the line at `from`; false where it is not letter=value. A CR inside a line is refused: the next reader might
 * take it for an end of line and see another description than we did. nul: where the first NUL of raw stands. */
static bool line_read(struct span raw, uint32_t from, uint32_t nul, struct sdp_line *out)
{
	uint32_t lf = from + span_find(span_from(raw, from), '\n');
	uint32_t end = from + span_find(span_slice(raw, from, lf), '\r');
	const char *p = raw.p + from;

	if (end < from + 2 || !byte_is(p[0], ALPHA) || p[1] != '=')
		return false;
	if (end + 1 < lf || nul < end)
		return false;
	*out = (struct sdp_line){
		.from = (uint16_t)from,
		.value = (uint16_t)(from + 2),
		.end = (uint16_t)end,
		.next = (uint16_t)(lf < raw.n ? lf + 1 : lf),
		.type = p[0],
	};
	return true;
}

/* Cuts the lines; sections are made afterwards. */
static enum sdp_verdict lines_index(struct span raw, struct sdp *out)
{
	/* Empty lines after the last one are no part of the description: bodies of many a phone end so. */
	struct span text = span_of(raw.p, raw.n);
	uint32_t at = 0, nul = span_find(raw, '\0');

	while (text.n && (text.p[text.n - 1] == '\r' || text.p[text.n - 1] == '\n'))
		text.n--;
	while (at < text.n) {
		if (out->nline == SDP_LINE_MAX)
			return SDP_TOO_MANY_LINES;
		if (!line_read(raw, at, nul, &out->line[out->nline]))
			return SDP_BAD_LINE;
		at = out->line[out->nline++].next;
	}
	return SDP_OK;
}

static enum sdp_verdict sections_index(struct sdp *out)
{
	struct sdp_section *section = &out->session;

	*section = (struct sdp_section){ 0 };
	for (uint16_t i = 0; i < out->nline; i++) {
		if (out->line[i].type == 'm') {
			if (out->nmedia == SDP_MEDIA_MAX)
				return SDP_TOO_MANY_MEDIA;
			section = &out->media[out->nmedia++];
			section->first = i;
		}
		section->end = (uint16_t)(i + 1);
	}
	return SDP_OK;
}

static enum sdp_verdict order_check(const struct sdp *s)
{
	unsigned seen = 0;

	for (uint16_t i = 0; i < s->nline; i++) {
		unsigned line = session_line[(unsigned char)s->line[i].type];

		if (line && (i >= s->session.end || (line & seen & LINES_ONCE)))
			return SDP_BAD_ORDER;
		seen |= line;
	}
	return seen == LINES_NEEDED ? SDP_OK : SDP_BAD_ORDER;
}

enum sdp_verdict sdp_index(struct span raw, struct sdp *out)
{
	enum sdp_verdict v;

	out->raw = raw;
	out->nline = 0;
	out->nmedia = 0;
	if (raw.n > UINT16_MAX)
		return SDP_TOO_LONG;
	v = lines_index(raw, out);
	if (v != SDP_OK)
		return v;
	if (out->nline == 0 || out->line[0].type != 'v' ||
	    !span_eq(span_trim(sdp_line_value(out, &out->line[0])), SPAN("0")))
		return SDP_NO_VERSION;
	v = sections_index(out);
	return v == SDP_OK ? order_check(out) : v;
}

const struct sdp_line *sdp_find(const struct sdp *s, const struct sdp_section *in, char type)
{
	for (uint16_t i = in->first; i < in->end; i++)
		if (s->line[i].type == type)
			return &s->line[i];
	return NULL;
}

/* The colon tells most of them apart. */
static bool attribute_is(struct span text, struct span name)
{
	if (text.n < name.n || (text.n > name.n && text.p[name.n] != ':'))
		return false;
	return memcmp(text.p, name.p, name.n) == 0;
}

const struct sdp_line *sdp_attribute(const struct sdp *s, const struct sdp_section *in, struct span name,
				     const struct sdp_line *at, struct span *value)
{
	const struct sdp_line *l = at ? at + 1 : s->line + in->first;

	for (; l < s->line + in->end; l++) {
		struct span text = sdp_line_value(s, l);

		if (l->type != 'a' || !attribute_is(text, name))
			continue;
		*value = span_from(text, text.n > name.n ? name.n + 1 : name.n);
		return l;
	}
	return NULL;
}

const struct sdp_line *sdp_connection_line(const struct sdp *s, unsigned media)
{
	const struct sdp_line *own = sdp_find(s, &s->media[media], 'c');

	return own ? own : sdp_find(s, &s->session, 'c');
}

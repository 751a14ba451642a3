/* SPDX-License-Identifier: BSD-3-Clause */
/* sdp.h: an index over one session description (RFC 8866): lines and media sections; values are parsed when asked. */
#ifndef NATSBC_SDP_SDP_H
#define NATSBC_SDP_SDP_H

#include "alg/base/span.h"

enum { SDP_LINE_MAX = 512, SDP_MEDIA_MAX = 32 };

struct sdp_line {
	uint16_t from;  /* the type letter */
	uint16_t value; /* after the "=" */
	uint16_t end;   /* before the line's end */
	uint16_t next;  /* first byte of the next line */
	char type;      /* v o s i u e p c b t r z k a m */
};

struct sdp_section {
	uint16_t first, end; /* lines [first, end); first is the m= line in a media section */
};

/* Owns nothing; offsets into raw. */
struct sdp {
	struct span raw;
	uint16_t nline;
	uint8_t nmedia;
	struct sdp_section session;
	struct sdp_section media[SDP_MEDIA_MAX];
	struct sdp_line line[SDP_LINE_MAX];
};

enum sdp_verdict {
	SDP_OK,
	SDP_NO_VERSION, /* does not begin with v=0 */
	SDP_BAD_LINE,   /* a line that is not letter=value, or a NUL or a lone CR in it */
	SDP_BAD_ORDER,  /* o=, s= or t= missing; v=, o= or s= doubled; any of the four in a media section */
	SDP_TOO_MANY_LINES,
	SDP_TOO_MANY_MEDIA,
	SDP_TOO_LONG,
	SDP_VERDICT_N
};

/* CRLF or LF ends a line; the last line may lack its end, and empty lines may follow it. Lines of a section may come in
 * any order, but v= is first and m= begins a section. Unknown types are indexed like others. Borrows raw. */
enum sdp_verdict sdp_index(struct span raw, struct sdp *out);
const char *sdp_verdict_name(enum sdp_verdict v);

static inline struct span sdp_line_value(const struct sdp *s, const struct sdp_line *l)
{
	return span_slice(s->raw, l->value, l->end);
}

/* The first line of this type in the section, NULL where none. */
const struct sdp_line *sdp_find(const struct sdp *s, const struct sdp_section *in, char type);

/* Walks a= lines "name" or "name:value" of the section: the next after *at (NULL to begin); its value in *value. */
const struct sdp_line *sdp_attribute(const struct sdp *s, const struct sdp_section *in, struct span name,
				     const struct sdp_line *at, struct span *value);

/* c= that holds for the media section: its own or the session's; NULL where neither. */
const struct sdp_line *sdp_connection_line(const struct sdp *s, unsigned media);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/direction.h"

#include "alg/sdp/connection.h"

static const struct span names[] = {
	[SDP_SENDRECV] = SPAN("sendrecv"),
	[SDP_SENDONLY] = SPAN("sendonly"),
	[SDP_RECVONLY] = SPAN("recvonly"),
	[SDP_INACTIVE] = SPAN("inactive"),
};

/* The direction that the line says; false where it says none. */
static bool line_direction(const struct sdp *s, const struct sdp_line *l, enum sdp_direction *out)
{
	struct span value;

	if (l->type != 'a')
		return false;
	value = span_trim(sdp_line_value(s, l));
	for (unsigned d = 0; d < sizeof(names) / sizeof(names[0]); d++) {
		if (!span_eq(value, names[d]))
			continue;
		*out = (enum sdp_direction)d;
		return true;
	}
	return false;
}

/* The first direction line of the section; false where there is none. */
static bool section_direction(const struct sdp *s, const struct sdp_section *in, enum sdp_direction *out)
{
	for (uint16_t i = in->first; i < in->end; i++)
		if (line_direction(s, &s->line[i], out))
			return true;
	return false;
}

enum sdp_direction sdp_direction(const struct sdp *s, unsigned media)
{
	enum sdp_direction d = SDP_SENDRECV;

	if (!section_direction(s, &s->media[media], &d))
		section_direction(s, &s->session, &d);
	return d;
}

enum sdp_direction sdp_direction_mirrored(enum sdp_direction d)
{
	static const enum sdp_direction of[] = {
		[SDP_SENDRECV] = SDP_SENDRECV,
		[SDP_SENDONLY] = SDP_RECVONLY,
		[SDP_RECVONLY] = SDP_SENDONLY,
		[SDP_INACTIVE] = SDP_INACTIVE,
	};

	return of[d];
}

static enum sdp_direction both(enum sdp_direction a, enum sdp_direction b)
{
	static const unsigned ways[] = {
		[SDP_SENDRECV] = 3, [SDP_SENDONLY] = 1, [SDP_RECVONLY] = 2, [SDP_INACTIVE] = 0
	};
	static const enum sdp_direction of[] = { SDP_INACTIVE, SDP_SENDONLY, SDP_RECVONLY, SDP_SENDRECV };

	return of[ways[a] & ways[b]];
}

static void write_section(const struct sdp *s, const struct sdp_section *in, struct writer *w)
{
	enum sdp_direction said;

	for (uint16_t i = in->first; i < in->end; i++) {
		const struct sdp_line *l = &s->line[i];

		if (line_direction(s, l, &said))
			continue;
		writer_put(w, span_slice(s->raw, l->from, l->end));
		writer_put(w, SPAN("\r\n"));
	}
}

void sdp_answer_directions(const struct sdp *s, const struct sdp *offer, struct writer *w)
{
	write_section(s, &s->session, w);
	for (unsigned i = 0; i < s->nmedia; i++) {
		enum sdp_direction asked = i < offer->nmedia ? sdp_direction(offer, i) : SDP_SENDRECV;

		write_section(s, &s->media[i], w);
		writer_format(w, "a=%s\r\n",
			      sdp_direction_name(both(sdp_direction(s, i), sdp_direction_mirrored(asked))));
	}
}

bool sdp_is_hold(const struct sdp *s, unsigned media)
{
	enum sdp_direction d = sdp_direction(s, media);
	const struct sdp_line *line = sdp_connection_line(s, media);
	struct sdp_connection c;

	if (sdp_direction_is_hold(d))
		return true;
	return line && !sdp_connection_parse(sdp_line_value(s, line), &c) && addr_is_any(&c.addr);
}

const char *sdp_direction_name(enum sdp_direction d)
{
	return names[d].p;
}

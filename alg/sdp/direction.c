/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/direction.h"

#include "alg/sdp/connection.h"

static const struct span names[] = {
	[SDP_SENDRECV] = SPAN("sendrecv"),
	[SDP_SENDONLY] = SPAN("sendonly"),
	[SDP_RECVONLY] = SPAN("recvonly"),
	[SDP_INACTIVE] = SPAN("inactive"),
};

/* The first direction line of the section; false where there is none. */
static bool section_direction(const struct sdp *s, const struct sdp_section *in, enum sdp_direction *out)
{
	for (uint16_t i = in->first; i < in->end; i++) {
		if (s->line[i].type != 'a')
			continue;
		for (unsigned d = 0; d < sizeof(names) / sizeof(names[0]); d++) {
			if (!span_eq(span_trim(sdp_line_value(s, &s->line[i])), names[d]))
				continue;
			*out = (enum sdp_direction)d;
			return true;
		}
	}
	return false;
}

enum sdp_direction sdp_direction(const struct sdp *s, unsigned media)
{
	enum sdp_direction d = SDP_SENDRECV;

	if (!section_direction(s, &s->media[media], &d))
		section_direction(s, &s->session, &d);
	return d;
}

bool sdp_is_hold(const struct sdp *s, unsigned media)
{
	enum sdp_direction d = sdp_direction(s, media);
	const struct sdp_line *line = sdp_connection_line(s, media);
	struct sdp_connection c;

	if (d == SDP_SENDONLY || d == SDP_INACTIVE)
		return true;
	return line && !sdp_connection_parse(sdp_line_value(s, line), &c) && addr_is_any(&c.addr);
}

const char *sdp_direction_name(enum sdp_direction d)
{
	return names[d].p;
}

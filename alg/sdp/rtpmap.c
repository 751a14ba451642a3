/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/rtpmap.h"

#include "alg/base/cursor.h"

int sdp_rtpmap_parse(struct span value, struct sdp_rtpmap *out)
{
	struct cursor c = { .left = span_trim(value) };
	struct sdp_rtpmap r = { .channels = 1 };

	r.payload_type = (uint8_t)cursor_number(&c, 127);
	cursor_while(&c, BLANK);
	r.encoding = cursor_token(&c);
	cursor_sep(&c, '/');
	r.clock = (uint32_t)cursor_number(&c, UINT32_MAX);
	if (cursor_try(&c, '/'))
		r.channels = (uint32_t)cursor_number(&c, UINT8_MAX);
	cursor_end(&c);
	if (c.failed || r.clock == 0 || r.channels == 0)
		return -1;
	*out = r;
	return 0;
}

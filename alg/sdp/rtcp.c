/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/rtcp.h"

#include "alg/base/cursor.h"
#include "alg/sdp/connection.h"

int sdp_rtcp_parse(struct span value, struct sdp_rtcp *out)
{
	struct cursor c = { .left = span_trim(value) };
	struct sdp_rtcp r = { .port = (uint16_t)cursor_number(&c, UINT16_MAX) };
	struct sdp_connection connection = { 0 };

	if (!cursor_empty(&c)) {
		cursor_while(&c, BLANK);
		if (sdp_connection_parse(c.left, &connection))
			return -1;
	}
	if (c.failed || r.port == 0)
		return -1;
	if (addr_is_set(&connection.addr)) {
		r.addr = connection.addr;
		r.addr.port = r.port;
	}
	*out = r;
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/connection.h"

#include "alg/base/cursor.h"

static enum addr_family family_of(struct span addrtype)
{
	if (span_ieq(addrtype, SPAN("IP4")))
		return ADDR_V4;
	return span_ieq(addrtype, SPAN("IP6")) ? ADDR_V6 : ADDR_NONE;
}

int sdp_connection_parse(struct span value, struct sdp_connection *out)
{
	struct cursor c = { .left = span_trim(value) };
	struct sdp_connection v = { 0 };
	enum addr_family family;

	cursor_word(&c, SPAN("IN"));
	cursor_while(&c, BLANK);
	family = family_of(cursor_until(&c, BLANK));
	cursor_while(&c, BLANK);
	v.host = cursor_while(&c, TOKEN | COLON);
	if (cursor_try(&c, '/')) /* the TTL and count of multicast: RFC 8866 5.7 */
		cursor_while(&c, DIGIT | SLASH);
	cursor_end(&c);
	if (c.failed || family == ADDR_NONE)
		return -1;
	if (!addr_parse_host(v.host, &v.addr) && v.addr.family != family)
		return -1;
	*out = v;
	return 0;
}

bool sdp_connection_is_any(struct span value)
{
	struct cursor c = { .left = span_trim(value) };
	struct sdp_connection v;

	for (int word = 0; word < 2; word++) {
		cursor_until(&c, BLANK);
		cursor_blank(&c);
	}
	/* However it is written, it begins with a zero or a colon: few others need to be read. */
	if (cursor_empty(&c) || (c.left.p[0] != '0' && c.left.p[0] != ':'))
		return false;
	return !sdp_connection_parse(value, &v) && addr_is_any(&v.addr);
}

void sdp_connection_write(struct writer *w, const struct addr *a)
{
	writer_str(w, a->family == ADDR_V6 ? "IN IP6 " : "IN IP4 ");
	addr_write_host(w, a, false);
}

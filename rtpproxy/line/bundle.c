/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/line/bundle.h"

#include "alg/base/cursor.h"

/* "BUNDLE 0 1" has the name among its words. */
static bool group_has(struct span value, struct span name)
{
	struct cursor c = { .left = value };

	if (!span_eq(cursor_until(&c, BLANK), SPAN("BUNDLE")))
		return false;
	while (c.left.n) {
		cursor_blank(&c);
		if (span_eq(cursor_until(&c, BLANK), name))
			return true;
	}
	return false;
}

void bundle_read(const struct sdp *sdp, unsigned media, struct bundle *out)
{
	const struct sdp_line *at = NULL;
	struct bundle b = { 0 };
	struct span name, value;

	if (sdp_attribute(sdp, &sdp->media[media], SPAN("mid"), NULL, &name) && name.n && name.n <= BUNDLE_NAME_MAX) {
		memcpy(b.name, name.p, name.n);
		while (!b.grouped && (at = sdp_attribute(sdp, &sdp->session, SPAN("group"), at, &value)))
			b.grouped = group_has(value, name);
	}
	*out = b;
}

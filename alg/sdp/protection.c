/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/protection.h"

#include "alg/sdp/media.h"

static enum protection_kind kind_of(enum sdp_proto proto)
{
	if (sdp_proto_is_dtls(proto))
		return PROTECTION_DTLS;
	return sdp_proto_is_secure(proto) ? PROTECTION_SDES : PROTECTION_NONE;
}

/* False: another stream than the one that is looked at begins, which is the end of it. */
static bool take_media(struct span value, struct protection *p)
{
	struct sdp_media m;

	if (span_is_set(p->profile))
		return false;
	if (sdp_media_parse(value, &m) == 0 && m.port != 0 && sdp_proto_is_rtp(m.proto)) {
		p->profile = m.proto_name;
		p->kind = kind_of(m.proto);
	}
	return true;
}

/* section: the line stands before the first m=, or below the m= that is looked at. */
static void take_attribute(struct span value, bool section, struct protection *p)
{
	if (!section)
		return;
	if (span_starts(value, SPAN("ice-ufrag:")))
		p->ice = true;
	else if (span_eq(value, SPAN("rtcp-mux")))
		p->mux = true;
	else if (span_starts(value, SPAN("crypto:")) && p->kind == PROTECTION_NONE && span_is_set(p->profile))
		p->kind = PROTECTION_OSRTP;
}

void protection_read(struct span sdp, struct protection *out)
{
	struct protection p = { 0 };
	bool streams = false;

	while (sdp.n) {
		const uint32_t end = span_find(sdp, '\n');
		struct span line = span_slice(sdp, 0, end);

		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (span_starts(line, SPAN("m="))) {
			streams = true;
			if (!take_media(span_from(line, 2), &p))
				break;
		} else if (span_starts(line, SPAN("a="))) {
			take_attribute(span_from(line, 2), !streams || span_is_set(p.profile), &p);
		}
		sdp = span_from(sdp, end + 1);
	}
	*out = p;
}

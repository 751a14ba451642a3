/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/media.h"

#include "alg/base/cursor.h"

static const struct proto {
	struct span name;
	enum sdp_proto proto;
} protos[] = {
	{ SPAN("RTP/AVP"), SDP_RTP_AVP },
	{ SPAN("RTP/SAVP"), SDP_RTP_SAVP },
	{ SPAN("RTP/AVPF"), SDP_RTP_AVPF },
	{ SPAN("RTP/SAVPF"), SDP_RTP_SAVPF },
	{ SPAN("UDP/TLS/RTP/SAVP"), SDP_DTLS_SAVP },
	{ SPAN("UDP/TLS/RTP/SAVPF"), SDP_DTLS_SAVPF },
	{ SPAN("UDPTL"), SDP_UDPTL },
	{ SPAN("udp"), SDP_UDP },
	{ SPAN("UDP/BFCP"), SDP_BFCP },
};

static enum sdp_proto proto_of(struct span name)
{
	for (unsigned i = 0; i < sizeof(protos) / sizeof(protos[0]); i++)
		if (span_ieq(name, protos[i].name))
			return protos[i].proto;
	return SDP_PROTO_OTHER;
}

int sdp_media_parse(struct span value, struct sdp_media *out)
{
	struct cursor c = { .left = span_trim(value) };
	struct sdp_media m = { .nports = 1 };

	m.type = cursor_token(&c);
	cursor_while(&c, BLANK);
	m.port = (uint16_t)cursor_number(&c, UINT16_MAX);
	if (cursor_try(&c, '/'))
		m.nports = (uint32_t)cursor_number(&c, UINT16_MAX);
	cursor_while(&c, BLANK);
	m.proto_name = cursor_while(&c, TOKEN | SLASH);
	m.proto = proto_of(m.proto_name);
	cursor_blank(&c);
	m.formats = c.left;
	if (c.failed || m.nports == 0)
		return -1;
	/* A refused stream may come without formats: it means nothing then (RFC 3264 6). */
	if (m.formats.n == 0 && m.port != 0)
		return -1;
	*out = m;
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/ice.h"

#include "alg/base/cursor.h"
#include "alg/sdp/connection.h"
#include "alg/sdp/media.h"

/* Of a host candidate (RFC 8445 5.1.2.1), for the only address there is. */
enum { HOST_PREFERENCE = 126, LOCAL_PREFERENCE = 65535, COMPONENTS = 256 };

/* ice-char: letters, digits, "+" and "/" (RFC 8839 5.4). */
static bool is_credential(struct span s, uint32_t min)
{
	if (s.n < min || s.n > SDP_ICE_TEXT_MAX)
		return false;
	for (uint32_t i = 0; i < s.n; i++)
		if (!byte_is(s.p[i], ALPHA | DIGIT | SLASH) && s.p[i] != '+')
			return false;
	return true;
}

static struct span attribute(const struct sdp *s, unsigned media, struct span name)
{
	struct span value;

	if (sdp_attribute(s, &s->media[media], name, NULL, &value) || sdp_attribute(s, &s->session, name, NULL, &value))
		return span_trim(value);
	return (struct span){ 0 };
}

int sdp_candidate_parse(struct span value, struct sdp_candidate *out)
{
	struct cursor c = { .left = span_trim(value) };
	struct sdp_candidate v = { 0 };
	struct span host;

	cursor_while(&c, ALPHA | DIGIT | SLASH | TOKEN_MARK); /* foundation: of no use to who does not check */
	cursor_while(&c, BLANK);
	v.component = (uint32_t)cursor_number(&c, COMPONENTS);
	cursor_while(&c, BLANK);
	v.udp = span_ieq(cursor_token(&c), SPAN("UDP"));
	cursor_while(&c, BLANK);
	cursor_number(&c, UINT32_MAX); /* priority */
	cursor_while(&c, BLANK);
	host = cursor_while(&c, TOKEN | COLON);
	cursor_while(&c, BLANK);
	v.addr.port = (uint16_t)cursor_number(&c, UINT16_MAX);
	cursor_while(&c, BLANK);
	cursor_word(&c, SPAN("typ"));
	if (c.failed || v.component == 0)
		return -1;
	*out = v;
	if (addr_parse_host(host, &out->addr))
		return 0;
	out->addr = addr_unmap(&out->addr);
	out->addr.port = v.addr.port;
	return 0;
}

/* Where media goes that knows nothing of ICE. False: nowhere in particular, which fits with anything: a name, or the
 * any-address of who has no candidate yet (RFC 8838 8). */
static bool default_read(const struct sdp *s, unsigned media, struct addr *out)
{
	const struct sdp_line *line = sdp_connection_line(s, media);
	struct sdp_connection c;
	struct sdp_media m;

	if (!line || sdp_connection_parse(sdp_line_value(s, line), &c) || !addr_is_set(&c.addr) ||
	    addr_is_any(&c.addr) || sdp_media_parse(sdp_line_value(s, &s->line[s->media[media].first]), &m))
		return false;
	*out = addr_unmap(&c.addr);
	out->port = m.port;
	return true;
}

static bool is_mismatch(const struct sdp *s, unsigned media)
{
	const struct sdp_line *at = NULL;
	struct span value;
	struct addr usual;
	bool any = false;

	if (sdp_attribute(s, &s->media[media], SPAN("ice-mismatch"), NULL, &value))
		return true;
	if (!default_read(s, media, &usual))
		return false;
	while ((at = sdp_attribute(s, &s->media[media], SPAN("candidate"), at, &value)) != NULL) {
		struct sdp_candidate c;

		if (sdp_candidate_parse(value, &c) || c.component != 1)
			continue;
		if (addr_eq(&c.addr, &usual))
			return false;
		any = true;
	}
	return any;
}

bool sdp_ice_read(const struct sdp *s, unsigned media, struct sdp_ice *out)
{
	const struct sdp_ice v = {
		.ufrag = attribute(s, media, SPAN("ice-ufrag")),
		.pwd = attribute(s, media, SPAN("ice-pwd")),
		.lite = span_is_set(attribute(s, media, SPAN("ice-lite"))),
	};

	if (!is_credential(v.ufrag, SDP_ICE_UFRAG_MIN) || !is_credential(v.pwd, SDP_ICE_PWD_MIN))
		return false;
	*out = v;
	out->mismatch = is_mismatch(s, media);
	return true;
}

static void candidate_write(struct writer *w, const struct addr *a, unsigned component)
{
	writer_str(w, "a=candidate:1 ");
	writer_u64(w, component);
	writer_str(w, " UDP ");
	writer_u64(w, (uint64_t)HOST_PREFERENCE << 24 | LOCAL_PREFERENCE << 8 | (COMPONENTS - component));
	writer_byte(w, ' ');
	addr_write_host(w, a, false);
	writer_byte(w, ' ');
	writer_u64(w, a->port);
	writer_str(w, " typ host\r\n");
}

void sdp_ice_write(struct writer *w, const struct sdp_ice_ours *ours)
{
	writer_str(w, "a=ice-ufrag:");
	writer_put(w, ours->ufrag);
	writer_str(w, "\r\na=ice-pwd:");
	writer_put(w, ours->pwd);
	writer_str(w, "\r\na=ice-options:ice2\r\n");
	candidate_write(w, &ours->rtp, 1);
	if (ours->rtcp.port)
		candidate_write(w, &ours->rtcp, 2);
	writer_str(w, "a=end-of-candidates\r\n");
}

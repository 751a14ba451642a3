/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/session_body.h"

#include "alg/base/cursor.h"
#include "alg/sip/content_type.h"

/* Until somebody opens it, it may be anything. */
static bool is_sealed(const struct content_type *type)
{
	static const struct span sealed[] = {
		{ "application/pkcs7-mime", 22 },
		{ "application/x-pkcs7-mime", 24 },
		{ "multipart/signed", 16 },
		{ "multipart/encrypted", 19 },
	};

	for (unsigned i = 0; i < sizeof(sealed) / sizeof(*sealed); i++)
		if (content_type_matches(type, sealed[i]))
			return true;
	return false;
}

static bool is_sdp(const struct content_type *type)
{
	return content_type_matches(type, SPAN("application/sdp"));
}

static bool is_multipart(const struct content_type *type)
{
	return span_ieq(type->type, SPAN("multipart"));
}

/* What SDP is for where nothing is said (RFC 3261 20.11). */
static bool is_for_session(struct span disposition)
{
	struct cursor c = { .left = disposition };

	return !disposition.n || span_ieq(cursor_token(&c), SPAN("session"));
}

static bool is_encoded(const struct sip_msg *m)
{
	struct sip_walk walk = { 0 };
	struct span coding;

	while (sip_walk_next(m, SIP_HDR_CONTENT_ENCODING, &walk, &coding))
		if (coding.n && !span_ieq(coding, SPAN("identity")))
			return true;
	return false;
}

enum session_body session_body_in_parts(struct span type, struct span body, struct multipart_part *out)
{
	struct multipart_part part, found = { 0 };
	struct content_type of;
	struct multipart m;
	int got;

	if (multipart_open(type, body, &m))
		return SESSION_BODY_SHUT;
	while ((got = multipart_next(&m, &part)) == 1) {
		if (content_type_parse(part.type, &of))
			continue;
		if (is_sealed(&of) || is_multipart(&of))
			return SESSION_BODY_SHUT;
		if (!is_sdp(&of))
			continue;
		if (span_is_set(found.headers) || !part.content.n || !is_for_session(part.disposition) || part.encoded)
			return SESSION_BODY_SHUT;
		found = part;
	}
	if (got < 0)
		return SESSION_BODY_SHUT;
	if (!span_is_set(found.headers))
		return SESSION_BODY_NONE;
	*out = found;
	return SESSION_BODY_PART;
}

static enum session_body find(const struct sip_msg *m, struct multipart_part *part)
{
	struct span type = sip_msg_value(m, SIP_HDR_CONTENT_TYPE), body = sip_msg_body(m);
	struct content_type of;
	bool whole, parts;

	if (!body.n || content_type_parse(type, &of))
		return SESSION_BODY_NONE;
	whole = is_sdp(&of);
	parts = !whole && is_multipart(&of);
	if ((!whole && is_sealed(&of)) || ((whole || parts) && is_encoded(m)))
		return SESSION_BODY_SHUT;
	if (whole)
		return is_for_session(sip_msg_value(m, SIP_HDR_CONTENT_DISPOSITION)) ? SESSION_BODY_WHOLE
										     : SESSION_BODY_SHUT;
	return parts ? session_body_in_parts(type, body, part) : SESSION_BODY_NONE;
}

/* Every layer asks: what was found is remembered, but for a part, which has more to it. */
enum session_body session_body_find(const struct sip_msg *m, struct multipart_part *part)
{
	struct sip_msg *own = (struct sip_msg *)m;

	if (!m->session || m->session == 1 + SESSION_BODY_PART)
		own->session = (uint8_t)(1 + find(m, part));
	return (enum session_body)(m->session - 1);
}

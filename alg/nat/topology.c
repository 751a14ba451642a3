/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/nat/topology.h"

#include "alg/base/cursor.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/uri.h"

enum treatment {
	DROP,  /* does not cross */
	OWN,   /* written by us from the leg's own state */
	KEEP,  /* crosses as it is */
	BODY,  /* describes the body: crosses with it */
	SCRUB, /* crosses with the hosts in its URI replaced by ours */
	TAGS,  /* option tags: only those we support */
};

static const uint8_t treatments[SIP_HDR_N] = {
	[SIP_HDR_VIA] = OWN,
	[SIP_HDR_MAX_FORWARDS] = OWN,
	[SIP_HDR_FROM] = OWN,
	[SIP_HDR_TO] = OWN,
	[SIP_HDR_CALL_ID] = OWN,
	[SIP_HDR_CSEQ] = OWN,
	[SIP_HDR_CONTACT] = OWN,
	[SIP_HDR_ROUTE] = OWN,
	[SIP_HDR_RECORD_ROUTE] = OWN,
	[SIP_HDR_CONTENT_LENGTH] = OWN,
	[SIP_HDR_CONTENT_TYPE] = OWN,
	[SIP_HDR_CONTENT_ENCODING] = BODY,
	[SIP_HDR_CONTENT_DISPOSITION] = BODY,
	[SIP_HDR_CONTENT_LANGUAGE] = BODY,
	[SIP_HDR_MIME_VERSION] = BODY,
	[SIP_HDR_EXPIRES] = KEEP,
	[SIP_HDR_MIN_EXPIRES] = KEEP,
	[SIP_HDR_ALLOW] = KEEP,
	[SIP_HDR_ALLOW_EVENTS] = KEEP,
	[SIP_HDR_SUPPORTED] = TAGS,
	[SIP_HDR_REQUIRE] = TAGS,
	[SIP_HDR_UNSUPPORTED] = KEEP,
	[SIP_HDR_ACCEPT] = KEEP,
	[SIP_HDR_ACCEPT_ENCODING] = KEEP,
	[SIP_HDR_ACCEPT_LANGUAGE] = KEEP,
	[SIP_HDR_ACCEPT_CONTACT] = KEEP,
	[SIP_HDR_REJECT_CONTACT] = KEEP,
	[SIP_HDR_REQUEST_DISPOSITION] = KEEP,
	[SIP_HDR_SUBJECT] = KEEP,
	[SIP_HDR_PRIORITY] = KEEP,
	[SIP_HDR_DATE] = KEEP,
	[SIP_HDR_RETRY_AFTER] = KEEP,
	[SIP_HDR_REASON] = KEEP,
	[SIP_HDR_SESSION_EXPIRES] = KEEP,
	[SIP_HDR_MIN_SE] = KEEP,
	[SIP_HDR_EVENT] = KEEP,
	[SIP_HDR_SUBSCRIPTION_STATE] = KEEP,
	[SIP_HDR_SIP_ETAG] = KEEP,
	[SIP_HDR_SIP_IF_MATCH] = KEEP,
	[SIP_HDR_REFER_TO] = SCRUB,
	[SIP_HDR_REFERRED_BY] = SCRUB,
	[SIP_HDR_REFER_SUB] = KEEP,
	[SIP_HDR_MAX_BREADTH] = KEEP,
	[SIP_HDR_PRIVACY] = KEEP,
	[SIP_HDR_SESSION_ID] = KEEP,
	[SIP_HDR_INFO_PACKAGE] = KEEP,
	[SIP_HDR_RECV_INFO] = KEEP,
};

/* Option tags whose extension works across us without our help, or that we understand. */
static const struct span supported_tags[] = {
	{ "timer", 5 },
	{ "norefersub", 10 },
};

bool topology_may_cross(enum sip_hdr hdr)
{
	return treatments[hdr] >= KEEP;
}

static bool tag_is_supported(struct span tag)
{
	for (size_t i = 0; i < sizeof(supported_tags) / sizeof(*supported_tags); i++)
		if (span_ieq(tag, supported_tags[i]))
			return true;
	return false;
}

struct span topology_unsupported(const struct sip_msg *m)
{
	static const enum sip_hdr demanding[] = { SIP_HDR_REQUIRE, SIP_HDR_PROXY_REQUIRE };
	struct span tag;

	for (unsigned i = 0; i < 2; i++) {
		struct sip_walk walk = { 0 };

		while (sip_walk_next(m, demanding[i], &walk, &tag))
			if (tag.n && !tag_is_supported(tag))
				return tag;
	}
	return (struct span){ 0 };
}

/* A folded value goes out on one line: the next hop must not read it differently than we did. */
static void put_unfolded(struct writer *w, struct span value)
{
	uint32_t from = w->n;

	writer_put(w, value);
	if (w->failed || !value.n || !memchr(value.p, '\n', value.n))
		return;
	for (uint32_t i = from; i < w->n; i++)
		if (w->p[i] == '\r' || w->p[i] == '\n')
			w->p[i] = ' ';
}

static void put_line(struct writer *w, struct span name, struct span value)
{
	writer_put(w, name);
	writer_put(w, SPAN(": "));
	put_unfolded(w, value);
	writer_put(w, SPAN("\r\n"));
}

static void put_tags(struct writer *w, const struct sip_msg *m, enum sip_hdr hdr)
{
	struct sip_walk walk = { 0 };
	struct span tag;
	bool begun = false;

	while (sip_walk_next(m, hdr, &walk, &tag)) {
		if (!tag_is_supported(tag))
			continue;
		if (!begun) {
			writer_put(w, sip_hdr_info[hdr].name);
			writer_put(w, SPAN(": "));
		} else {
			writer_put(w, SPAN(", "));
		}
		writer_put(w, tag);
		begun = true;
	}
	if (begun)
		writer_put(w, SPAN("\r\n"));
}

int topology_uri_write(struct writer *w, struct span text, struct span host)
{
	struct uri uri;

	if (uri_parse(text, &uri))
		return -1;
	if (uri.scheme == URI_TEL) {
		uri_write(w, &uri);
		return 0;
	}
	writer_put(w, SPAN("sip:"));
	if (uri.user.n) {
		writer_put(w, uri.user);
		writer_byte(w, '@');
	}
	writer_put(w, host);
	return 0;
}

int topology_party_write(struct writer *w, struct span value, struct span host)
{
	struct nameaddr party;

	if (nameaddr_parse(value, &party))
		return -1;
	if (party.display.n) {
		put_unfolded(w, party.display);
		writer_byte(w, ' ');
	}
	writer_byte(w, '<');
	if (topology_uri_write(w, party.uri, host))
		return -1;
	writer_byte(w, '>');
	return 0;
}

static void put_scrubbed(struct writer *w, const struct sip_msg *m, const struct sip_field *f, struct span host)
{
	struct nameaddr party;

	/* What can't be read can't be scrubbed, so it does not cross. */
	if (nameaddr_parse(sip_field_value(m, f), &party))
		return;
	writer_put(w, sip_hdr_info[f->hdr].name);
	writer_put(w, SPAN(": <"));
	if (topology_uri_write(w, party.uri, host))
		writer_put(w, SPAN("sip:invalid.invalid"));
	writer_put(w, SPAN(">\r\n"));
}

static void put_crossing(struct writer *w, const struct sip_msg *m, struct span host, bool with_body)
{
	for (unsigned i = 0; i < m->nfield; i++) {
		const struct sip_field *f = &m->field[i];

		switch (treatments[f->hdr]) {
		case BODY:
			if (!with_body)
				break;
			/* fall through */
		case KEEP:
			put_line(w, sip_hdr_info[f->hdr].name, sip_field_value(m, f));
			break;
		case SCRUB:
			put_scrubbed(w, m, f, host);
			break;
		case TAGS:
			if (m->first[f->hdr] == i)
				put_tags(w, m, f->hdr);
			break;
		default:
			break;
		}
	}
}

void topology_lines_write(struct writer *w, const struct sip_msg *original, struct span host, struct span content_type,
			  bool with_body)
{
	if (original)
		put_crossing(w, original, host, with_body);
	if (!with_body)
		return;
	if (!content_type.n && original)
		content_type = sip_msg_value(original, SIP_HDR_CONTENT_TYPE);
	if (content_type.n)
		put_line(w, SPAN("Content-Type"), content_type);
}

static void put_optional(struct writer *w, struct span name, struct span value)
{
	if (value.n)
		put_line(w, name, value);
}

void topology_request_write(struct writer *w, const struct sip_msg *original, struct span host,
			    const struct topology_request *r)
{
	struct span body = r->body;

	if (!span_is_set(body) && original)
		body = sip_msg_body(original);
	writer_put(w, r->method);
	writer_byte(w, ' ');
	writer_put(w, r->uri);
	writer_put(w, SPAN(" SIP/2.0\r\n"));
	put_line(w, SPAN("Via"), r->via);
	put_optional(w, SPAN("Route"), r->route);
	writer_put(w, SPAN("Max-Forwards: "));
	writer_u64(w, r->max_forwards);
	writer_put(w, SPAN("\r\n"));
	put_line(w, SPAN("From"), r->from);
	put_line(w, SPAN("To"), r->to);
	put_line(w, SPAN("Call-ID"), r->call_id);
	writer_put(w, SPAN("CSeq: "));
	writer_u64(w, r->cseq);
	writer_byte(w, ' ');
	writer_put(w, r->method);
	writer_put(w, SPAN("\r\n"));
	put_optional(w, SPAN("Contact"), r->contact);
	writer_put(w, r->lines);
	topology_lines_write(w, original, host, r->content_type, body.n > 0);
	writer_put(w, SPAN("Content-Length: "));
	writer_u64(w, body.n);
	writer_put(w, SPAN("\r\n\r\n"));
	writer_put(w, body);
}

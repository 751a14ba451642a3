/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/nat/topology.h"

#include "alg/sip/allow.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/option_tags.h"
#include "alg/sip/uri.h"

enum treatment {
	DROP,    /* does not cross */
	OWN,     /* written by the caller from the leg's own state */
	KEEP,    /* crosses as it is */
	BODY,    /* describes the body: crosses with it */
	SCRUB,   /* crosses with the hosts in its URI replaced by ours */
	TAGS,    /* option tags: only those that work across us */
	METHODS, /* only those that we let through */
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
	[SIP_HDR_SESSION_EXPIRES] = OWN,
	[SIP_HDR_MIN_SE] = OWN,
	[SIP_HDR_RSEQ] = OWN,
	[SIP_HDR_RACK] = OWN,
	[SIP_HDR_EXPIRES] = KEEP,
	[SIP_HDR_MIN_EXPIRES] = KEEP,
	[SIP_HDR_ALLOW] = METHODS,
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

/* What one side says it supports, and may say to the other through us. Their headers cross, or the caller maps them. */
static const uint32_t tags_supported_across = OPTION_BIT(OPTION_REPLACES) | OPTION_BIT(OPTION_TDIALOG) |
					      OPTION_BIT(OPTION_NOREFERSUB) | OPTION_BIT(OPTION_199);

/* What one side may demand of the other through us; the rest of what it may demand is between it and us. */
static const uint32_t tags_required_across = OPTION_BIT(OPTION_NOREFERSUB);
static const uint32_t tags_required_of_us = TOPOLOGY_TAGS_OURS;

/* REGISTER goes to us, never through us. */
static const uint32_t methods_across = ALLOW_BIT(SIP_INVITE) | ALLOW_BIT(SIP_ACK) | ALLOW_BIT(SIP_BYE) |
				       ALLOW_BIT(SIP_CANCEL) | ALLOW_BIT(SIP_OPTIONS) | ALLOW_BIT(SIP_PRACK) |
				       ALLOW_BIT(SIP_UPDATE) | ALLOW_BIT(SIP_INFO) | ALLOW_BIT(SIP_SUBSCRIBE) |
				       ALLOW_BIT(SIP_NOTIFY) | ALLOW_BIT(SIP_REFER) | ALLOW_BIT(SIP_MESSAGE) |
				       ALLOW_BIT(SIP_PUBLISH);

bool topology_may_cross(enum sip_hdr hdr)
{
	return treatments[hdr] >= KEEP;
}

bool topology_is_dropped(struct span name, const char *const *drop, unsigned n)
{
	enum sip_hdr hdr = n ? sip_hdr_find(name) : SIP_HDR_OTHER;

	for (unsigned i = 0; i < n; i++)
		if (hdr == SIP_HDR_OTHER ? span_ieq(name, span_str(drop[i])) : sip_hdr_find(span_str(drop[i])) == hdr)
			return true;
	return false;
}

struct span topology_unsupported(const struct sip_msg *m)
{
	const uint32_t known = tags_required_across | tags_required_of_us;
	struct span tag = option_tags_beyond(m, SIP_HDR_REQUIRE, known);

	return span_is_set(tag) ? tag : option_tags_beyond(m, SIP_HDR_PROXY_REQUIRE, known);
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

void topology_tags_write(struct writer *w, const struct sip_msg *original, enum sip_hdr hdr, uint32_t own)
{
	uint32_t across = hdr == SIP_HDR_REQUIRE ? tags_required_across : tags_supported_across;
	uint32_t set = own | (original ? option_tags_read(original, hdr) & across : 0);

	if (set == 0)
		return;
	writer_put(w, sip_hdr_info[hdr].name);
	writer_put(w, SPAN(": "));
	option_tags_write(w, set);
	writer_put(w, SPAN("\r\n"));
}

static void put_methods(struct writer *w, const struct sip_msg *m)
{
	uint32_t set = allow_read(m) & methods_across;

	if (set == 0)
		return;
	writer_put(w, SPAN("Allow: "));
	allow_write(w, set);
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

/* Lists cross as one line, where the first of theirs stands. */
static void put_field(struct writer *w, const struct sip_msg *m, unsigned i, struct span host, bool with_body)
{
	const struct sip_field *f = &m->field[i];
	bool first = m->first[f->hdr] == i;

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
		if (first)
			topology_tags_write(w, m, f->hdr, 0);
		break;
	case METHODS:
		if (first)
			put_methods(w, m);
		break;
	default:
		break;
	}
}

/* Which headers there are among whole lines. */
static void names_mark(struct span lines, bool there[SIP_HDR_N])
{
	while (lines.n) {
		struct span line = span_slice(lines, 0, span_find(lines, '\n'));

		there[sip_hdr_find(span_slice(line, 0, span_find(line, ':')))] = true;
		lines = span_from(lines, line.n + 1);
	}
}

/* own are the caller's whole lines; r: of a request. */
static void put_crossing(struct writer *w, const struct sip_msg *original, struct span host, struct span content_type,
			 bool with_body, struct span own, const struct topology_request *r)
{
	bool there[SIP_HDR_N] = { false };

	names_mark(own, there);
	for (unsigned i = 0; original && i < original->nfield; i++)
		if (!there[original->field[i].hdr] &&
		    !(r && topology_is_dropped(sip_field_name(original, &original->field[i]), r->drop, r->ndrop)))
			put_field(w, original, i, host, with_body);
	if (!with_body || there[SIP_HDR_CONTENT_TYPE])
		return;
	if (!content_type.n && original)
		content_type = sip_msg_value(original, SIP_HDR_CONTENT_TYPE);
	if (content_type.n)
		put_line(w, SPAN("Content-Type"), content_type);
}

void topology_lines_write(struct writer *w, const struct sip_msg *original, struct span host, struct span content_type,
			  bool with_body)
{
	put_crossing(w, original, host, content_type, with_body, span_of(w->p, w->n), NULL);
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
	put_crossing(w, original, host, r->content_type, body.n > 0, r->lines, r);
	writer_put(w, SPAN("Content-Length: "));
	writer_u64(w, body.n);
	writer_put(w, SPAN("\r\n\r\n"));
	writer_put(w, body);
}

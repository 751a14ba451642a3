/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/nat/topology.h"

#include "alg/nat/scrub.h"
#include "alg/sip/allow.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/option_tags.h"
#include "alg/sip/uri.h"

/* When a header crosses. */
enum when {
	DROP,         /* never: it is between one side and us */
	OWN,          /* never: the caller writes one from the leg's own state, where there is to be one */
	ALWAYS,       /* in any message */
	WITH_BODY,    /* it describes the body */
	OPEN,         /* between transparent sides */
	TRUSTED,      /* between sides that both belong to the trust domain */
	TRUSTED_OPEN, /* where both is so: it is made of hosts */
	EMERGENCY,    /* to who answers emergency calls; between transparent sides */
};

/* As what it crosses. Between transparent sides always as it came. */
enum how {
	AS_IT_IS,
	URI,      /* one URI, its host replaced by ours */
	PARTIES,  /* a list of names with URIs, their hosts replaced */
	INFO,     /* a list of URIs of sounds and pictures: names that are no hosts */
	WARNINGS, /* codes, with an agent of our own */
	LOCATION, /* a list of URIs, of which those of the body are named anew */
	CHARGING, /* the identifiers of the call and the networks */
	TAGS,     /* option tags: only those that work across us */
	METHODS,  /* only those that we let through */
};

struct row {
	uint8_t when, how;
};

static const struct row rows[SIP_HDR_N] = {
	[SIP_HDR_VIA] = { OWN },
	[SIP_HDR_MAX_FORWARDS] = { OWN },
	[SIP_HDR_FROM] = { OWN },
	[SIP_HDR_TO] = { OWN },
	[SIP_HDR_CALL_ID] = { OWN },
	[SIP_HDR_CSEQ] = { OWN },
	[SIP_HDR_CONTACT] = { OWN },
	[SIP_HDR_ROUTE] = { OWN },
	[SIP_HDR_RECORD_ROUTE] = { OWN },
	[SIP_HDR_CONTENT_LENGTH] = { OWN },
	[SIP_HDR_CONTENT_TYPE] = { OWN },
	[SIP_HDR_CONTENT_ENCODING] = { WITH_BODY },
	[SIP_HDR_CONTENT_DISPOSITION] = { WITH_BODY },
	[SIP_HDR_CONTENT_LANGUAGE] = { WITH_BODY },
	[SIP_HDR_MIME_VERSION] = { WITH_BODY },
	[SIP_HDR_CONTENT_ID] = { OPEN },
	[SIP_HDR_SESSION_EXPIRES] = { OWN },
	[SIP_HDR_MIN_SE] = { OWN },
	[SIP_HDR_RSEQ] = { OWN },
	[SIP_HDR_RACK] = { OWN },
	[SIP_HDR_EXPIRES] = { ALWAYS },
	[SIP_HDR_MIN_EXPIRES] = { ALWAYS },
	[SIP_HDR_ALLOW] = { ALWAYS, METHODS },
	[SIP_HDR_ALLOW_EVENTS] = { ALWAYS },
	[SIP_HDR_SUPPORTED] = { ALWAYS, TAGS },
	[SIP_HDR_REQUIRE] = { ALWAYS, TAGS },
	[SIP_HDR_PROXY_REQUIRE] = { DROP }, /* we were the proxy (RFC 3261 20.29) */
	[SIP_HDR_UNSUPPORTED] = { ALWAYS },
	[SIP_HDR_ACCEPT] = { ALWAYS },
	[SIP_HDR_ACCEPT_ENCODING] = { ALWAYS },
	[SIP_HDR_ACCEPT_LANGUAGE] = { ALWAYS },
	[SIP_HDR_ACCEPT_CONTACT] = { ALWAYS },
	[SIP_HDR_REJECT_CONTACT] = { ALWAYS },
	[SIP_HDR_REQUEST_DISPOSITION] = { ALWAYS },
	[SIP_HDR_SUBJECT] = { ALWAYS },
	[SIP_HDR_PRIORITY] = { ALWAYS },
	[SIP_HDR_DATE] = { ALWAYS },
	[SIP_HDR_TIMESTAMP] = { ALWAYS },
	[SIP_HDR_RETRY_AFTER] = { ALWAYS },
	[SIP_HDR_REASON] = { ALWAYS },
	[SIP_HDR_WARNING] = { ALWAYS, WARNINGS },
	[SIP_HDR_EVENT] = { ALWAYS },
	[SIP_HDR_SUBSCRIPTION_STATE] = { ALWAYS },
	[SIP_HDR_SIP_ETAG] = { ALWAYS },
	[SIP_HDR_SIP_IF_MATCH] = { ALWAYS },
	[SIP_HDR_REFER_TO] = { ALWAYS, URI },
	[SIP_HDR_REFERRED_BY] = { ALWAYS, URI },
	[SIP_HDR_REFER_SUB] = { ALWAYS },
	[SIP_HDR_REPLACES] = { OWN },
	[SIP_HDR_JOIN] = { OWN },
	[SIP_HDR_TARGET_DIALOG] = { OWN },
	[SIP_HDR_IN_REPLY_TO] = { OPEN }, /* calls that are over: nobody remembers what the other side calls them */
	[SIP_HDR_MAX_BREADTH] = { ALWAYS },
	[SIP_HDR_SESSION_ID] = { ALWAYS }, /* made for this (RFC 7989) */
	[SIP_HDR_INFO_PACKAGE] = { ALWAYS },
	[SIP_HDR_RECV_INFO] = { ALWAYS },
	[SIP_HDR_ALERT_INFO] = { ALWAYS, INFO },
	[SIP_HDR_CALL_INFO] = { ALWAYS, INFO },
	[SIP_HDR_ERROR_INFO] = { ALWAYS, INFO },
	[SIP_HDR_HISTORY_INFO] = { OPEN }, /* else divert.h writes them, where they are wanted */
	[SIP_HDR_DIVERSION] = { OPEN },
	[SIP_HDR_REPLY_TO] = { OPEN },
	[SIP_HDR_SERVER] = { OPEN },
	[SIP_HDR_USER_AGENT] = { OPEN },
	[SIP_HDR_ORGANIZATION] = { OPEN },
	/* It signs From, Date and the numbers (RFC 8224 4.1): with our From it would be a forgery. */
	[SIP_HDR_IDENTITY] = { OPEN },
	[SIP_HDR_IDENTITY_INFO] = { OPEN },
	[SIP_HDR_GEOLOCATION] = { EMERGENCY, LOCATION },
	[SIP_HDR_GEOLOCATION_ROUTING] = { EMERGENCY },
	/* Each is for who asked for it, or was asked, and that is us. */
	[SIP_HDR_AUTHORIZATION] = { DROP },
	[SIP_HDR_PROXY_AUTHORIZATION] = { DROP },
	[SIP_HDR_WWW_AUTHENTICATE] = { DROP },
	[SIP_HDR_PROXY_AUTHENTICATE] = { DROP },
	[SIP_HDR_AUTHENTICATION_INFO] = { DROP },
	[SIP_HDR_PATH] = { DROP },
	[SIP_HDR_SERVICE_ROUTE] = { DROP },
	[SIP_HDR_P_ASSERTED_IDENTITY] = { OWN },
	[SIP_HDR_P_PREFERRED_IDENTITY] = { DROP }, /* a wish to us (RFC 3325 9.2) */
	[SIP_HDR_REMOTE_PARTY_ID] = { TRUSTED_OPEN },
	[SIP_HDR_PRIVACY] = { OWN },
	[SIP_HDR_P_ACCESS_NETWORK_INFO] = { TRUSTED },
	[SIP_HDR_P_ASSOCIATED_URI] = { TRUSTED, PARTIES },
	[SIP_HDR_P_CALLED_PARTY_ID] = { TRUSTED, PARTIES },
	[SIP_HDR_P_CHARGING_FUNCTION_ADDRESSES] = { TRUSTED_OPEN },
	[SIP_HDR_P_CHARGING_VECTOR] = { TRUSTED, CHARGING },
	[SIP_HDR_P_EARLY_MEDIA] = { TRUSTED },
	[SIP_HDR_P_MEDIA_AUTHORIZATION] = { TRUSTED },
	[SIP_HDR_P_PROFILE_KEY] = { TRUSTED, PARTIES },
	[SIP_HDR_P_SERVED_USER] = { TRUSTED, PARTIES },
	[SIP_HDR_P_USER_DATABASE] = { TRUSTED_OPEN },
	[SIP_HDR_P_VISITED_NETWORK_ID] = { TRUSTED },
	[SIP_HDR_CELLULAR_NETWORK_INFO] = { TRUSTED },
	[SIP_HDR_OTHER] = { OPEN },
};

/* What tells of a person beside who calls (RFC 3323 4.1, 5.3). */
static const uint8_t personal[] = { SIP_HDR_SUBJECT, SIP_HDR_CALL_INFO, SIP_HDR_ORGANIZATION, SIP_HDR_USER_AGENT,
				    SIP_HDR_SERVER,  SIP_HDR_REPLY_TO,  SIP_HDR_IN_REPLY_TO };

/* What one side says it supports, and may say to the other through us. Their headers cross, or the caller maps them. */
static const uint32_t tags_supported_across = OPTION_BIT(OPTION_REPLACES) | OPTION_BIT(OPTION_TDIALOG) |
					      OPTION_BIT(OPTION_NOREFERSUB) | OPTION_BIT(OPTION_199) |
					      OPTION_BIT(OPTION_PRECONDITION) | OPTION_BIT(OPTION_FROM_CHANGE) |
					      OPTION_BIT(OPTION_JOIN);

/* What one side may demand of the other through us; the rest of what it may demand is between it and us. */
static const uint32_t tags_required_across =
	OPTION_BIT(OPTION_NOREFERSUB) | OPTION_BIT(OPTION_PRECONDITION) | OPTION_BIT(OPTION_JOIN);
static const uint32_t tags_required_of_us = TOPOLOGY_TAGS_OURS;

/* REGISTER goes to us, never through us. */
static const uint32_t methods_across = ALLOW_BIT(SIP_INVITE) | ALLOW_BIT(SIP_ACK) | ALLOW_BIT(SIP_BYE) |
				       ALLOW_BIT(SIP_CANCEL) | ALLOW_BIT(SIP_OPTIONS) | ALLOW_BIT(SIP_PRACK) |
				       ALLOW_BIT(SIP_UPDATE) | ALLOW_BIT(SIP_INFO) | ALLOW_BIT(SIP_SUBSCRIBE) |
				       ALLOW_BIT(SIP_NOTIFY) | ALLOW_BIT(SIP_REFER) | ALLOW_BIT(SIP_MESSAGE) |
				       ALLOW_BIT(SIP_PUBLISH);

static bool is_personal(enum sip_hdr hdr)
{
	return memchr(personal, hdr, sizeof(personal)) != NULL;
}

bool topology_may_cross(enum sip_hdr hdr, const struct topology_way *way)
{
	if (way->anonymous && is_personal(hdr))
		return false;
	switch (rows[hdr].when) {
	case ALWAYS:
	case WITH_BODY:
		return true;
	case OPEN:
		return way->transparent;
	case TRUSTED:
		return way->trusted;
	case TRUSTED_OPEN:
		return way->trusted && way->transparent;
	case EMERGENCY:
		return way->emergency || way->transparent;
	default:
		return false;
	}
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
	/* Of no other request do we know what it would mean: a REFER is of the call that it names. */
	const uint32_t known =
		tags_required_across | tags_required_of_us | (m->method == SIP_REFER ? OPTION_BIT(OPTION_TDIALOG) : 0);
	struct span tag = option_tags_beyond(m, SIP_HDR_REQUIRE, known);

	return span_is_set(tag) ? tag : option_tags_beyond(m, SIP_HDR_PROXY_REQUIRE, known);
}

static void unfold(struct writer *w, uint32_t from)
{
	for (uint32_t i = from; i < w->n; i++)
		if (w->p[i] == '\r' || w->p[i] == '\n')
			w->p[i] = ' ';
}

/* A folded value goes out on one line: the next hop must not read it differently than we did. */
static void put_unfolded(struct writer *w, struct span value)
{
	uint32_t from = w->n;

	writer_put(w, value);
	if (!w->failed && value.n && memchr(value.p, '\n', value.n))
		unfold(w, from);
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
	uint32_t across =
		hdr == SIP_HDR_REQUIRE ? tags_required_across | OPTION_BIT(OPTION_TDIALOG) : tags_supported_across;
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

/* RFC 3323 4.1.1.3, and what we write for a URI that can't be read. */
static bool is_nowhere(struct span host)
{
	return span_ieq(host, SPAN("anonymous.invalid")) || span_ieq(host, SPAN("invalid.invalid"));
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
	writer_put(w, is_nowhere(uri.host) ? uri.host : host);
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

/* One that can't be read does not cross. */
static void put_uri(struct writer *w, const struct sip_msg *m, const struct sip_field *f, struct span host)
{
	struct nameaddr party;

	if (nameaddr_parse(sip_field_value(m, f), &party))
		return;
	writer_put(w, sip_hdr_info[f->hdr].name);
	writer_put(w, SPAN(": <"));
	if (topology_uri_write(w, party.uri, host))
		writer_put(w, SPAN("sip:invalid.invalid"));
	writer_put(w, SPAN(">\r\n"));
}

/* What is left of a list, on one line; none where nothing is. */
static void put_list(struct writer *w, const struct sip_msg *m, enum sip_hdr hdr, struct span host)
{
	static int (*const writers[])(struct writer * w, struct span value, struct span host) = {
		[PARTIES] = topology_party_write, [INFO] = scrub_info,         [WARNINGS] = scrub_warning,
		[LOCATION] = scrub_location,      [CHARGING] = scrub_charging,
	};
	struct sip_walk walk = { 0 };
	uint32_t begin = w->n, values, at;
	struct span value;

	writer_put(w, sip_hdr_info[hdr].name);
	writer_put(w, SPAN(": "));
	values = w->n;
	while (sip_walk_next(m, hdr, &walk, &value)) {
		at = w->n;
		if (at > values)
			writer_put(w, SPAN(", "));
		if (writers[rows[hdr].how](w, value, host))
			w->n = at;
		if (!sip_hdr_info[hdr].list)
			break;
	}
	unfold(w, values);
	if (w->n > values)
		writer_put(w, SPAN("\r\n"));
	else
		w->n = begin;
}

/* Lists that are read cross as one line, where the first of theirs stands. */
static void put_read(struct writer *w, const struct sip_msg *m, unsigned i, const struct topology_way *way)
{
	const struct sip_field *f = &m->field[i];

	if (rows[f->hdr].how == URI) {
		put_uri(w, m, f, way->host);
		return;
	}
	if (m->first[f->hdr] != i)
		return;
	if (rows[f->hdr].how == TAGS)
		topology_tags_write(w, m, f->hdr, 0);
	else if (rows[f->hdr].how == METHODS)
		put_methods(w, m);
	else
		put_list(w, m, f->hdr, way->host);
}

/* Private headers of networks that trust each other (RFC 5727 4.1, RFC 5503). */
static bool is_private(struct span name)
{
	return span_istarts(name, SPAN("P-"));
}

static void put_field(struct writer *w, const struct sip_msg *m, unsigned i, const struct topology_way *way,
		      bool with_body)
{
	const struct sip_field *f = &m->field[i];
	struct span name = f->hdr == SIP_HDR_OTHER ? sip_field_name(m, f) : sip_hdr_info[f->hdr].name;

	if (rows[f->hdr].when == WITH_BODY && !with_body)
		return;
	if (f->hdr == SIP_HDR_OTHER && is_private(name) && !way->trusted)
		return;
	if (rows[f->hdr].how == AS_IT_IS || way->transparent)
		put_line(w, name, sip_field_value(m, f));
	else
		put_read(w, m, i, way);
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

/* The same of headers that have no number. */
static bool is_among(struct span name, struct span lines)
{
	while (lines.n) {
		struct span line = span_slice(lines, 0, span_find(lines, '\n'));

		if (span_ieq(span_slice(line, 0, span_find(line, ':')), name))
			return true;
		lines = span_from(lines, line.n + 1);
	}
	return false;
}

/* own are the caller's whole lines. */
static void put_crossing(struct writer *w, const struct sip_msg *original, const struct topology_way *way,
			 struct span content_type, bool with_body, struct span own)
{
	bool there[SIP_HDR_N] = { false };

	names_mark(own, there);
	there[SIP_HDR_OTHER] = false;
	/* Our own tags stand beside theirs. */
	there[SIP_HDR_SUPPORTED] &= !way->transparent;
	for (unsigned i = 0; original && i < original->nfield; i++) {
		const struct sip_field *f = &original->field[i];
		const enum sip_hdr hdr = (enum sip_hdr)f->hdr;

		if (!there[hdr] && topology_may_cross(hdr, way) &&
		    !(hdr == SIP_HDR_OTHER && is_among(sip_field_name(original, f), own)) &&
		    !(way->ndrop && topology_is_dropped(sip_field_name(original, f), way->drop, way->ndrop)))
			put_field(w, original, i, way, with_body);
	}
	if (!with_body || there[SIP_HDR_CONTENT_TYPE])
		return;
	if (!content_type.n && original)
		content_type = sip_msg_value(original, SIP_HDR_CONTENT_TYPE);
	if (content_type.n)
		put_line(w, SPAN("Content-Type"), content_type);
}

void topology_lines_write(struct writer *w, const struct sip_msg *original, const struct topology_way *way,
			  struct span content_type, bool with_body)
{
	put_crossing(w, original, way, content_type, with_body, span_of(w->p, w->n));
}

static void put_optional(struct writer *w, struct span name, struct span value)
{
	if (value.n)
		put_line(w, name, value);
}

void topology_request_write(struct writer *w, const struct sip_msg *original, const struct topology_way *way,
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
	put_crossing(w, original, way, r->content_type, body.n > 0, r->lines);
	writer_put(w, SPAN("Content-Length: "));
	writer_u64(w, body.n);
	writer_put(w, SPAN("\r\n\r\n"));
	writer_put(w, body);
}

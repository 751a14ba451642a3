/* SPDX-License-Identifier: BSD-3-Clause */
/* sip_msg_check of msg.h: one question a line, the first that fails answers. */
#include "alg/base/cursor.h"
#include "alg/sip/msg.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/uri.h"
#include "alg/sip/via.h"

enum { MAX_FORWARDS_MAX = 255 }; /* RFC 3261 20.22 */

/* A message with those values read that more than one question is about. */
struct subject {
	const struct sip_msg *m;
	const struct uri *target; /* NULL: not readable */
	const struct cseq *cseq;  /* likewise */
};

static bool via_there(const struct subject *s)
{
	return sip_msg_has(s->m, SIP_HDR_VIA);
}

static bool from_there(const struct subject *s)
{
	return sip_msg_has(s->m, SIP_HDR_FROM);
}

static bool to_there(const struct subject *s)
{
	return sip_msg_has(s->m, SIP_HDR_TO);
}

static bool call_id_there(const struct subject *s)
{
	return sip_msg_has(s->m, SIP_HDR_CALL_ID);
}

static bool cseq_there(const struct subject *s)
{
	return sip_msg_has(s->m, SIP_HDR_CSEQ);
}

/* All of them: they travel on in our responses. The top one's cookie promises that what follows it names one
 * transaction (RFC 3261 8.1.1.7). */
static bool vias_ok(const struct subject *s)
{
	const struct via *top = sip_msg_top_via(s->m);
	struct sip_walk w = { 0 };
	struct span element;
	struct via v;

	if (!top || span_ieq(top->branch, SPAN("z9hG4bK")))
		return false;
	(void)sip_walk_next(s->m, SIP_HDR_VIA, &w, &element);
	while (sip_walk_next(s->m, SIP_HDR_VIA, &w, &element))
		if (via_parse(element, &v))
			return false;
	return true;
}

static bool address_ok(const struct nameaddr *a)
{
	struct uri u;

	return a && !a->star && uri_parse(a->uri, &u) == 0 && !a->tag_unclear;
}

static bool from_ok(const struct subject *s)
{
	return address_ok(sip_msg_from(s->m));
}

static bool to_ok(const struct subject *s)
{
	return address_ok(sip_msg_to(s->m));
}

/* One word; its marks may be anything but blanks (RFC 4475 3.1.1.2 has quotes and brackets in it). */
static bool call_id_ok(const struct subject *s)
{
	struct span id = sip_msg_value(s->m, SIP_HDR_CALL_ID);
	struct cursor c = { .left = id };

	return id.n && cursor_until(&c, BLANK | CONTROL | COMMA | SEMICOLON).n == id.n;
}

static bool cseq_ok(const struct subject *s)
{
	return s->cseq;
}

static bool cseq_method_ok(const struct subject *s)
{
	return !s->m->is_request || span_eq(s->cseq->method_name, s->m->method_name);
}

static bool max_forwards_ok(const struct subject *s)
{
	uint32_t hops;

	if (!s->m->is_request || !sip_msg_has(s->m, SIP_HDR_MAX_FORWARDS))
		return true;
	return span_u32(sip_msg_value(s->m, SIP_HDR_MAX_FORWARDS), &hops) == 0 && hops <= MAX_FORWARDS_MAX;
}

static bool contact_ok(struct span element)
{
	struct nameaddr a;
	struct uri u;

	return nameaddr_parse(element, &a) == 0 && (a.star || uri_parse(a.uri, &u) == 0);
}

/* A Contact line has a value; "*" stands alone (RFC 3261 10.2.2). */
static bool contacts_ok(const struct subject *s)
{
	struct sip_walk w = { 0 };
	struct span element;
	unsigned n = 0, stars = 0;

	for (const struct sip_field *f = sip_field_first(s->m, SIP_HDR_CONTACT); f; f = sip_field_next(s->m, f))
		if (sip_field_value(s->m, f).n == 0)
			return false;
	for (; sip_walk_next(s->m, SIP_HDR_CONTACT, &w, &element); n++) {
		if (!contact_ok(element))
			return false;
		stars += span_eq(element, SPAN("*"));
	}
	return stars == 0 || n == 1;
}

/* RFC 3261 25.1: route elements are always in brackets. */
static bool hops_ok(const struct sip_msg *m, enum sip_hdr hdr)
{
	struct sip_walk w = { 0 };
	struct span element;
	struct nameaddr a;
	struct uri u;

	if (!sip_msg_has(m, hdr))
		return true;
	while (sip_walk_next(m, hdr, &w, &element))
		if (nameaddr_parse(element, &a) || !a.bracketed || uri_parse(a.uri, &u))
			return false;
	return true;
}

static bool route_ok(const struct subject *s)
{
	return !s->m->is_request || hops_ok(s->m, SIP_HDR_ROUTE);
}

static bool record_route_ok(const struct subject *s)
{
	return hops_ok(s->m, SIP_HDR_RECORD_ROUTE);
}

static bool target_ok(const struct subject *s)
{
	return !s->m->is_request || s->target;
}

/* RFC 3261 19.1.1: headers have no place in a Request-URI; taking them over would let a stranger write ours. */
static bool target_headers_ok(const struct subject *s)
{
	return !s->target || !span_is_set(s->target->headers);
}

/* Services have no host (RFC 5031): urn:service:sos and what stands below it; where they are is the routes' affair. */
static bool target_is_service(const struct subject *s)
{
	return span_ieq(s->target->scheme_name, SPAN("urn")) && span_istarts(s->target->host, SPAN("service:"));
}

static bool target_scheme_ok(const struct subject *s)
{
	return !s->m->is_request || s->target->scheme != URI_OTHER || target_is_service(s);
}

/* In the order of RFC 3261 8.2: the message, then what it asks for. */
static const struct {
	bool (*ok)(const struct subject *s);
	int status;
	const char *why;
} checks[] = {
	{ via_there, 400, "Via missing" },
	{ vias_ok, 400, "Via malformed" },
	{ from_there, 400, "From missing" },
	{ from_ok, 400, "From malformed" },
	{ to_there, 400, "To missing" },
	{ to_ok, 400, "To malformed" },
	{ call_id_there, 400, "Call-ID missing" },
	{ call_id_ok, 400, "Call-ID malformed" },
	{ cseq_there, 400, "CSeq missing" },
	{ cseq_ok, 400, "CSeq malformed or its number too large" },
	{ cseq_method_ok, 400, "CSeq method differs from the request's" },
	{ target_ok, 400, "Request-URI malformed" },
	{ target_headers_ok, 400, "Request-URI with headers" },
	{ max_forwards_ok, 400, "Max-Forwards malformed" },
	{ contacts_ok, 400, "Contact malformed" },
	{ route_ok, 400, "Route malformed" },
	{ record_route_ok, 400, "Record-Route malformed" },
	{ target_scheme_ok, 416, "Request-URI scheme not supported" },
};

int sip_msg_check(const struct sip_msg *m, const char **why)
{
	struct subject s = { .m = m };

	s.target = m->is_request ? sip_msg_target(m) : NULL;
	s.cseq = sip_msg_cseq(m);
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		if (checks[i].ok(&s))
			continue;
		*why = checks[i].why;
		return checks[i].status;
	}
	return 0;
}

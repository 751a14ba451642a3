/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/registrar/errand_answer.h"

#include "alg/base/cursor.h"
#include "alg/sip/digest.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/params.h"
#include "sbc/base/kept.h"
#include "sbc/engine/respond.h"
#include "sbc/identity/auth.h"
#include "sbc/registrar/errand.h"

enum { UPSTREAM_TEXT = BINDING_TEXT_MAX };

/* What the 200 says of one Contact, and of all. */
struct grant {
	uint32_t seconds;
	struct span gruu;
	char gruu_text[256];
};

/* ----- reading home's 200 ----- */

static uint32_t seconds_of(struct span s, uint32_t otherwise)
{
	uint32_t v;

	return span_u32(span_trim(s), &v) ? otherwise : v;
}

/* Home's own address is not for phones. */
static bool may_be_shown(struct span uri_text)
{
	struct addr a;
	struct uri uri;

	if (uri_parse(uri_text, &uri))
		return false;
	return (uri.scheme != URI_SIP && uri.scheme != URI_SIPS) || addr_parse_host(uri.host, &a) != 0;
}

static struct span unquoted(struct span s)
{
	return s.n >= 2 && s.p[0] == '"' ? span_slice(s, 1, s.n - 1) : s;
}

static void read_gruu(struct grant *g, struct span params)
{
	static const struct span names[] = { { "pub-gruu", 8 }, { "temp-gruu", 9 } };
	struct writer w = writer_over(g->gruu_text, sizeof(g->gruu_text));

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct span value = params_get(params, names[i]);

		if (!value.n || !may_be_shown(unquoted(value)))
			continue;
		writer_byte(&w, ';');
		writer_put(&w, names[i]);
		writer_byte(&w, '=');
		writer_put(&w, value);
	}
	g->gruu = w.n ? writer_done(&w) : (struct span){ 0 };
}

/* Home may list what others registered, too; ours is known by its token. Where it lists none, the request was granted
 * as it was. */
static void read_grant(const struct sip_msg *m, struct span token, uint32_t asked, struct grant *out)
{
	struct sip_walk walk = { 0 };
	struct nameaddr one;
	struct span value;
	struct uri uri;

	out->seconds = seconds_of(sip_msg_value(m, SIP_HDR_EXPIRES), asked);
	out->gruu = (struct span){ 0 };
	while (sip_walk_next(m, SIP_HDR_CONTACT, &walk, &value)) {
		if (nameaddr_parse(value, &one) || uri_parse(one.uri, &uri) || !span_eq(uri.user, token))
			continue;
		out->seconds = seconds_of(params_get(one.params, SPAN("expires")), out->seconds);
		read_gruu(out, one.params);
		return;
	}
}

/* The values of a list that may be shown to phones, or that are for us: joined by commas. */
static struct span join(const struct sip_msg *m, enum sip_hdr hdr, bool shown, char *text, uint32_t size)
{
	struct writer w = writer_over(text, size);
	struct sip_walk walk = { 0 };
	struct nameaddr one;
	struct span value;

	while (sip_walk_next(m, hdr, &walk, &value)) {
		if (nameaddr_parse(value, &one) || (shown && !may_be_shown(one.uri)))
			continue;
		if (w.n)
			writer_put(&w, SPAN(", "));
		writer_put(&w, value);
	}
	return w.n ? writer_done(&w) : (struct span){ 0 };
}

/* ----- 200 ----- */

static void copy_info(struct writer *w, const struct sip_msg *m)
{
	const struct sip_field *f = sip_field_first(m, SIP_HDR_AUTHENTICATION_INFO);

	for (; f; f = sip_field_next(m, f))
		errand_line_write(w, sip_hdr_info[SIP_HDR_AUTHENTICATION_INFO].name, sip_field_value(m, f));
}

/* What home granted, and gave the Contact. */
static void take_grant(const struct engine *e, struct registration *g, struct registration_wish *wish,
		       const struct sip_msg *m, char token[EDGE_TOKEN_LEN], struct grant *grant)
{
	wish->facts.token = errand_token(e, g, wish, token);
	if (!wish->expires_s)
		return;
	read_grant(m, wish->facts.token, g->where->phones.expires_upstream_s, grant);
	wish->facts.gruu = grant->gruu;
	wish->facts.upstream_s = grant->seconds;
	wish->facts.upstream_at = g->now + grant->seconds * UINT64_C(1000);
	if (wish->expires_s > grant->seconds) /* less than the least there is to be taken as it is */
		wish->expires_s =
			grant->seconds && grant->seconds < REGISTRATION_MIN_S ? REGISTRATION_MIN_S : grant->seconds;
}

/* Texts that will not fit are done without: the phone is registered all the same. */
static void trim(const struct registration *g, struct registration_wish *wish)
{
	struct span *const extra[] = { &wish->facts.gruu, &wish->facts.associated, &wish->facts.service_route };

	for (size_t i = 0; i < sizeof(extra) / sizeof(*extra) && !binding_fits(g->user, &wish->facts); i++)
		*extra[i] = (struct span){ 0 };
}

static void take(struct engine *e, struct txn *t, struct registration *g, const struct sip_msg *m)
{
	char routes[UPSTREAM_TEXT], associated[UPSTREAM_TEXT], token[BINDINGS_PER_USER][EDGE_TOKEN_LEN];
	struct span route = join(m, SIP_HDR_SERVICE_ROUTE, false, routes, sizeof(routes));
	struct span uris = join(m, SIP_HDR_P_ASSOCIATED_URI, true, associated, sizeof(associated));
	struct writer w = writer_over(e->core.part_text, EDGE_ANSWER_LINES);
	struct answer a = { .status = 200 };
	struct grant grant[BINDINGS_PER_USER];

	for (unsigned i = 0; i < g->n; i++) {
		take_grant(e, g, &g->wish[i], m, token[i], &grant[i]);
		g->wish[i].facts.service_route = route;
		g->wish[i].facts.associated = uris;
		trim(g, &g->wish[i]);
	}
	a.status = registration_apply(g, &w);
	guard_proved(e, &t->flow);
	core_count(&e->core, a.status ? COUNT_REFUSE_REGISTRATION : COUNT_REGISTER_OK);
	if (a.status) {
		log_info(&e->core.log, "refused REGISTER of %.*s that its home accepted: %u %s", SPAN_ARG(g->user),
			 a.status, g->why);
	} else {
		a.status = 200;
		registration_answer_write(g, &w);
		copy_info(&w, m);
	}
	a.lines = writer_done(&w);
	t->known = true;
	respond(e, t, &a);
}

/* ----- 3xx to 6xx ----- */

/* A phone is not to know of other registrars, and can do nothing about what our request lacked. */
static uint16_t status_across(uint16_t status)
{
	return status < 400 ? 480 : status;
}

static bool is_stale(const struct sip_msg *m)
{
	struct digest_challenge c;
	enum sip_hdr hdr = m->status == 401 ? SIP_HDR_WWW_AUTHENTICATE : SIP_HDR_PROXY_AUTHENTICATE;

	return digest_challenge_parse(sip_msg_value(m, hdr), &c) == 0 && c.stale;
}

/* Whose passwords are right only home knows: what it says of them is held against who asked. */
static void hold_against(struct engine *e, const struct txn *t, const struct sip_msg *m)
{
	bool challenge = m->status == 401 || m->status == 407, proof;
	struct sip_msg asked;

	if (!kept_read(t->request, &asked))
		return;
	proof = sip_msg_has(&asked, SIP_HDR_AUTHORIZATION) || sip_msg_has(&asked, SIP_HDR_PROXY_AUTHORIZATION);
	if (challenge && !proof)
		guard_challenged(e, &t->flow, &asked);
	else if ((challenge && !is_stale(m)) || m->status == 403 || m->status == 404)
		guard_evidence(e, &t->flow, EVIDENCE_HOME, false,
			       auth_username(&asked, sip_msg_has(&asked, SIP_HDR_PROXY_AUTHORIZATION)), asked.uri);
}

static void refuse_as_home(struct engine *e, struct txn *t, const struct registration *g, const struct sip_msg *m)
{
	static const enum sip_hdr kept[] = { SIP_HDR_WWW_AUTHENTICATE, SIP_HDR_PROXY_AUTHENTICATE, SIP_HDR_MIN_EXPIRES,
					     SIP_HDR_RETRY_AFTER, SIP_HDR_UNSUPPORTED };
	struct writer w = writer_over(e->core.part_text, EDGE_ANSWER_LINES);
	struct answer a = { .status = status_across(m->status) };
	bool challenge = m->status == 401 || m->status == 407;

	hold_against(e, t, m);
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		for (const struct sip_field *f = sip_field_first(m, kept[i]); f; f = sip_field_next(m, f))
			errand_line_write(&w, sip_hdr_info[kept[i]].name, sip_field_value(m, f));
	a.lines = writer_done(&w);
	core_count(&e->core, challenge ? COUNT_REFUSE_CHALLENGED : COUNT_REFUSE_BY_HOME);
	if (!challenge)
		log_info(&e->core.log, "home %s refused REGISTER of %.*s: %u", g->where->phones.home, SPAN_ARG(g->user),
			 m->status);
	if (m->status == 423)
		log_warn(&e->core.log,
			 "home %s wants longer registrations: set realms.%s.phones.expires.upstream to %.*ss or more",
			 g->where->phones.home, g->where->name, SPAN_ARG(sip_msg_value(m, SIP_HDR_MIN_EXPIRES)));
	respond_bounded(e, t, &a);
}

/* ----- */

static bool is_gone(const struct engine *e, const struct flow *f)
{
	if (!flow_is_stream(f))
		return false;
	return !f->connection || (e->core.out.is_open && !e->core.out.is_open(e->core.out.ctx, f));
}

void errand_answer(struct engine *e, struct txn *t, const struct sip_msg *m)
{
	char aor[BINDING_USER_MAX];
	struct registration g;
	struct sip_msg request;

	/* A binding of a connection that is gone would reach nobody. */
	if (is_gone(e, &t->flow)) {
		edge_put_off(e, t, COUNT_SEND_FAILED);
		return;
	}
	/* Read once more: while home was asked, others may have changed what there is. */
	if (!kept_read(t->request, &request) || edge_read(e, &request, &t->flow, aor, &g))
		refuse(e, t, 500, COUNT_REFUSE_INTERNAL, (struct span){ 0 });
	else if (m->status / 100 == 2)
		take(e, t, &g, m);
	else
		refuse_as_home(e, t, &g, m);
}

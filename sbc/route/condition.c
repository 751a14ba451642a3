/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/route/condition.h"

#include "alg/sip/nameaddr.h"

enum { VALUE_MAX = 1024 }; /* of a header */

/* -1, and the empty text: it can't be compared with anything. */
static int read_user(char text[REWRITE_USER_MAX], struct span user)
{
	struct writer w = writer_over(text, REWRITE_USER_MAX - 1);
	bool bad;

	uri_user_plain(&w, user);
	bad = w.failed || (w.n && memchr(text, '\0', w.n));
	text[bad ? 0 : w.n] = '\0';
	return bad ? -1 : 0;
}

bool condition_is_service(const struct condition_facts *f)
{
	return f->uri.scheme == URI_OTHER && span_ieq(f->uri.scheme_name, SPAN("urn"));
}

/* Visual separators are for people (RFC 3966 5.1.1). */
static void separators_drop(char *number)
{
	char *to = number;

	for (const char *from = number; *from; from++)
		if (!strchr("-.()", *from))
			*to++ = *from;
	*to = '\0';
}

static int read_dialled(struct condition_facts *f, struct span text)
{
	if (condition_is_service(f))
		return read_user(f->to, text);
	if (read_user(f->to, f->uri.user))
		return -1;
	if (f->uri.scheme == URI_TEL)
		separators_drop(f->to);
	return 0;
}

int condition_facts_read(struct condition_facts *f, const struct sip_msg *m, struct span text,
			 const struct identity *who, int64_t wall)
{
	const struct nameaddr *party = sip_msg_from(m);
	struct uri from = { 0 };

	if (uri_parse(text, &f->uri))
		return -1;
	if (!party || uri_parse(party->uri, &from))
		from = (struct uri){ 0 };
	f->m = m;
	f->who = who;
	f->own = false;
	f->at = (struct span){ 0 };
	f->phone = NULL;
	f->from_host = from.scheme == URI_TEL ? (struct span){ 0 } : from.host;
	f->wall = wall;
	f->timed = false;
	read_user(f->from, from.user);
	/* Nobody dials past a route that rejects by writing what no expression sees. */
	return read_dialled(f, text);
}

bool condition_domain_has(const char *domain, struct span host)
{
	struct span s = span_str(domain);

	if (!span_starts(s, SPAN("*.")))
		return span_ieq(s, host);
	s = span_from(s, 1);
	return host.n > s.n && span_ieq(span_from(host, host.n - s.n), s);
}

static bool any_domain(const char *const *domains, unsigned n, struct span host)
{
	for (unsigned i = 0; i < n; i++)
		if (condition_domain_has(domains[i], host))
			return true;
	return n == 0;
}

static bool is_from(const struct conf_route *r, const struct identity *who)
{
	if (r->from_trunk >= 0 && (who->kind != IDENTITY_TRUNK || who->trunk != r->from_trunk))
		return false;
	return r->from_realm < 0 || (who->kind == IDENTITY_PHONE && (int)who->realm == r->from_realm);
}

static bool value_fits(const regex_t *re, struct span value)
{
	char text[VALUE_MAX];

	if (value.n >= sizeof(text) || (value.n && memchr(value.p, '\0', value.n)))
		return false;
	if (value.n)
		memcpy(text, value.p, value.n);
	text[value.n] = '\0';
	return regexec(re, text, 0, NULL, 0) == 0;
}

/* Any of its lines. */
static bool header_fits(const struct conf_header *want, const regex_t *re, const struct sip_msg *m)
{
	struct span name = span_str(want->name);
	enum sip_hdr hdr = sip_hdr_find(name);

	for (unsigned i = 0; i < m->nfield; i++)
		if (m->field[i].hdr == hdr &&
		    (hdr != SIP_HDR_OTHER || span_ieq(sip_field_name(m, &m->field[i]), name)) &&
		    value_fits(re, sip_field_value(m, &m->field[i])))
			return true;
	return false;
}

static bool is_time(const struct conf_route *r, struct condition_facts *f)
{
	if (r->ntime == 0)
		return true;
	if (!f->timed)
		f->time = window_time_of(f->wall);
	f->timed = true;
	return window_any(r->time, r->ntime, f->time);
}

static bool numbers_fit(const struct conf_route *conf, const struct routetable_route *r,
			const struct condition_facts *f)
{
	return (!conf->to_number || (f->to[0] && regexec(&r->to_number, f->to, 0, NULL, 0) == 0)) &&
	       (!conf->to_user || (f->to[0] && regexec(&r->to_user, f->to, 0, NULL, 0) == 0)) &&
	       (!conf->from_number || regexec(&r->from_number, f->from, 0, NULL, 0) == 0);
}

bool condition_fits(const struct routetable *t, unsigned route, struct condition_facts *f)
{
	const struct conf_route *conf = &t->conf->routes[route];
	const struct routetable_route *r = &t->route[route];
	struct span to_host = f->uri.scheme == URI_TEL ? (struct span){ 0 } : f->uri.host;

	if ((conf->to_user != NULL) != f->own || !is_from(conf, f->who) || !numbers_fit(conf, r, f) ||
	    !any_domain(conf->to_domains, conf->nto_domain, to_host) ||
	    !any_domain(conf->from_domains, conf->nfrom_domain, f->from_host))
		return false;
	for (unsigned i = 0; i < conf->nheader; i++)
		if (!header_fits(&conf->header[i], &r->header[i], f->m))
			return false;
	return is_time(conf, f);
}

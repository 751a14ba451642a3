/* SPDX-License-Identifier: BSD-3-Clause */
/* Types of the keys of trunks and routes. */
#include "alg/conf/pattern.h"
#include "alg/conf/suggest.h"
#include "alg/conf/type.h"

/* Tells that no member of the root's object `of` is called s, and which there are. */
static bool fail_unknown(struct load *l, const struct step *at, struct span s, const char *what,
			 const char *const of[2])
{
	struct suggest near = { .given = s };
	char have[512];
	struct writer w = writer_over(have, sizeof(have));
	const char *key;
	json_t *v;

	for (int i = 0; i < 2; i++) {
		if (!of[i])
			continue;
		json_object_foreach(json_object_get(l->root, of[i]), key, v)
		{
			if (load_is_comment(key))
				continue;
			suggest_offer(&near, span_str(key));
			writer_str(&w, w.n ? ", " : "");
			writer_str(&w, key);
		}
	}
	if (span_is_set(near.best))
		return load_fail(l, at, STEP_VALUE, "no such %s: \"%.*s\". Did you mean \"%.*s\"?", what, SPAN_ARG(s),
				 SPAN_ARG(near.best));
	return load_fail(l, at, STEP_VALUE, "no such %s: \"%.*s\" (have: %s%.*s%s)", what, SPAN_ARG(s),
			 w.n ? "" : "none", SPAN_ARG(span_of(have, w.n)), w.failed ? ", …" : "");
}

static bool read_realm(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	static const char *const of[2] = { "realms", NULL };
	struct conf_trunk *t = record;

	(void)k;
	if (!type_want(l, at, v, JSON_STRING, "the name of a realm"))
		return false;
	t->realm = conf_realm_find(l->conf, load_text(v));
	return t->realm >= 0 || fail_unknown(l, at, load_text(v), "realm", of);
}

static bool looks_like_address(struct span s)
{
	return s.n && (s.p[0] == '[' || strspn(s.p, "0123456789.:") == s.n);
}

/* An address with or without a port. */
static bool address_keep(struct load *l, const struct step *at, const struct addr *a, struct conf_peer *p)
{
	char text[ADDR_TEXT_MAX];
	struct writer w = writer_over(text, sizeof(text));

	if (!addr_is_unicast(a))
		return load_fail(l, at, STEP_VALUE, "must be the address of one host: not any, multicast or broadcast");
	addr_write_host(&w, a, false);
	p->addr = *a;
	p->port = a->port;
	p->host = load_keep(l, writer_done(&w));
	return true;
}

static bool domain_keep(struct load *l, const struct step *at, struct span s, struct conf_peer *p)
{
	uint32_t colon = span_find(s, ':'), port = 0;
	struct span host = span_slice(s, 0, colon);

	if (colon < s.n && (span_u32(span_from(s, colon + 1), &port) || port == 0 || port > 65535))
		return load_fail(l, at, STEP_VALUE, "\"%.*s\": a port is 1 to 65535", SPAN_ARG(s));
	if (!type_is_domain(host))
		return load_fail(l, at, STEP_VALUE, "\"%.*s\" is not a domain", SPAN_ARG(host));
	p->host = load_keep(l, host);
	p->port = (uint16_t)port;
	return true;
}

static bool read_host(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	struct conf_peer *p = record;
	struct addr a;
	struct span s;

	(void)k;
	if (!type_want(l, at, v, JSON_STRING, "an address or a domain"))
		return false;
	s = load_text(v);
	p->name = load_keep(l, s);
	if (addr_parse(s, 0, &a)) {
		if (s.n == 0 || looks_like_address(s))
			return load_fail(l, at, STEP_VALUE, "\"%.*s\" is not an address such as \"192.0.2.1:5060\"",
					 SPAN_ARG(s));
		return domain_keep(l, at, s, p);
	}
	a = addr_unmap(&a);
	return address_keep(l, at, &a, p);
}

static bool peer_add(struct load *l, const struct step *at, const json_t *v, void *record)
{
	struct conf_trunk *t = record;
	struct conf_peer *p = &t->peers[t->npeer];

	if (json_is_object(v)) {
		load_element(l, at, v, "trunks.*.peers[]", RECORD_PEER, p);
	} else {
		load_preset(l, RECORD_PEER, p);
		type_host.read(l, at, v, NULL, p);
	}
	if (!p->host)
		return false;
	t->npeer++;
	return true;
}

static bool read_peers(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	(void)k;
	if (json_is_array(v) && json_array_size(v) == 0)
		return load_fail(l, at, STEP_VALUE, "a trunk has one peer at least");
	return type_each(l, at, v, CONF_PEER_MAX, peer_add, record);
}

static bool read_source(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	static const char *const of[2] = { "trunks", "realms" };
	struct conf_route *r = record;

	(void)k;
	if (!type_want(l, at, v, JSON_STRING, "the name of a trunk or of a realm"))
		return false;
	r->from_trunk = conf_trunk_find(l->conf, load_text(v));
	r->from_realm = r->from_trunk < 0 ? conf_realm_find(l->conf, load_text(v)) : -1;
	return r->from_trunk >= 0 || r->from_realm >= 0 || fail_unknown(l, at, load_text(v), "trunk or realm", of);
}

static bool read_pattern(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	struct conf_route *r = record;
	char why[128];

	(void)k;
	if (!type_want(l, at, v, JSON_STRING, "a regular expression"))
		return false;
	if (pattern_check(json_string_value(v), why, sizeof(why)))
		return load_fail(l, at, STEP_VALUE, "not a usable regular expression: %s", why);
	r->to_number = load_keep(l, load_text(v));
	return true;
}

static bool send_add(struct load *l, const struct step *at, const json_t *v, void *record)
{
	static const char *const of[2] = { "trunks", NULL };
	struct conf_route *r = record;
	int trunk;

	if (!type_want(l, at, v, JSON_STRING, "the name of a trunk"))
		return false;
	trunk = conf_trunk_find(l->conf, load_text(v));
	if (trunk < 0)
		return fail_unknown(l, at, load_text(v), "trunk", of);
	for (unsigned i = 0; i < r->nsend; i++)
		if (r->send[i] == trunk)
			return load_fail(l, at, STEP_VALUE, "\"%.*s\" is here twice", SPAN_ARG(load_text(v)));
	r->send[r->nsend++] = trunk;
	return true;
}

static bool read_send(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	(void)k;
	if (json_is_array(v) && json_array_size(v) == 0)
		return load_fail(l, at, STEP_VALUE, "a route sends to one trunk at least");
	return type_each(l, at, v, CONF_SEND_MAX, send_add, record);
}

const struct key_type type_realm = { "realm", read_realm };
const struct key_type type_peers = { "list of addresses", read_peers };
const struct key_type type_host = { "address", read_host };
const struct key_type type_source = { "trunk or realm", read_source };
const struct key_type type_pattern = { "expression", read_pattern };
const struct key_type type_send = { "list of trunks", read_send };

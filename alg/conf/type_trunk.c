/* SPDX-License-Identifier: BSD-3-Clause */
/* Types of the keys of trunks. */
#include "alg/conf/suggest.h"
#include "alg/conf/type.h"

enum { STATUS_MIN = 300, STATUS_MAX = 699 };

bool type_fail_unknown(struct load *l, const struct step *at, struct span s, const char *what, const char *const of[2])
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
	return t->realm >= 0 || type_fail_unknown(l, at, load_text(v), "realm", of);
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

	if (span_ieq(host, SPAN("sip")) || span_ieq(host, SPAN("sips")) || span_find(s, ';') < s.n)
		return load_fail(
			l, at, STEP_VALUE,
			"\"%.*s\": write the host alone, with its port where it has one; \"transport\" is a key of "
			"the trunk",
			SPAN_ARG(s));
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

static bool status_add(struct load *l, const struct step *at, const json_t *v, void *record)
{
	struct conf_trunk *t = record;

	if (!type_want(l, at, v, JSON_INTEGER, "the status of a response"))
		return false;
	if (json_integer_value(v) < STATUS_MIN || json_integer_value(v) > STATUS_MAX)
		return load_fail(l, at, STEP_VALUE, "must be %d to %d", STATUS_MIN, STATUS_MAX);
	for (unsigned i = 0; i < t->nprobe_bad; i++)
		if (t->probe_bad[i] == json_integer_value(v))
			return load_fail(l, at, STEP_VALUE, "%u is here twice", t->probe_bad[i]);
	t->probe_bad[t->nprobe_bad++] = (uint16_t)json_integer_value(v);
	return true;
}

static bool read_statuses(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	return type_each(l, at, v, k->max, status_add, record);
}

const struct key_type type_realm = { "realm", read_realm };
const struct key_type type_peers = { "list of addresses", read_peers };
const struct key_type type_host = { "address", read_host };
const struct key_type type_statuses = { "list of numbers", read_statuses };

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/conf/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { TEXT_MAX = 256 };

bool check_same_address(const struct conf_realm *a, const struct conf_realm *b)
{
	if (a->address_auto || b->address_auto)
		return a->address_auto && b->address_auto;
	return addr_is_set(&a->address) && addr_same_host(&a->address, &b->address);
}

static bool media_meets(const struct conf_realm *a, const struct conf_realm *b)
{
	return a->media_first <= b->media_last && b->media_first <= a->media_last;
}

/* UDP has ports of its own, all others are TCP. */
static bool same_port(const struct conf_listen *a, const struct conf_listen *b)
{
	return a->port == b->port && (a->transport == CONF_UDP) == (b->transport == CONF_UDP);
}

/* The first of a's ports that b listens on too; NULL where there is none. */
static const struct conf_listen *listen_meets(const struct conf_realm *a, const struct conf_realm *b)
{
	for (unsigned i = 0; i < a->nlisten; i++)
		for (unsigned j = 0; j < b->nlisten; j++)
			if (same_port(&a->listen[i], &b->listen[j]))
				return &a->listen[i];
	return NULL;
}

static const char *protocol(const struct conf_listen *l)
{
	return l->transport == CONF_UDP ? "udp" : "tcp";
}

/* The first UDP port that a listens on and that is one of b's media ports; 0 where there is none. */
static uint16_t listen_in_media(const struct conf_realm *a, const struct conf_realm *b)
{
	for (unsigned i = 0; i < a->nlisten; i++)
		if (a->listen[i].transport == CONF_UDP && a->listen[i].port >= b->media_first &&
		    a->listen[i].port <= b->media_last)
			return a->listen[i].port;
	return 0;
}

bool check_ports_apart(const struct conf_realm *a, const struct conf_realm *b)
{
	return !media_meets(a, b) && !listen_meets(a, b) && !listen_in_media(a, b) && !listen_in_media(b, a);
}

/* Tells of the value that the keys lead to from the root; or, where it is not in the file, of what would hold it. */
static void fail_at(struct load *l, const char *const *keys, const char *text)
{
	struct step steps[CHECK_DEPTH_MAX];
	const struct step *at = NULL;
	json_t *v = l->root, *member = NULL;
	const char *key;

	for (unsigned i = 0; i < CHECK_DEPTH_MAX && keys[i] && (json_is_array(v) || json_object_get(v, keys[i])); i++) {
		size_t n = 0;

		if (json_is_array(v)) {
			n = (size_t)strtoul(keys[i], NULL, 10);
			steps[i] = (struct step){ at, NULL, n };
			at = &steps[i];
			v = json_array_get(v, n);
			continue;
		}
		json_object_foreach(v, key, member)
		{
			if (strcmp(key, keys[i]) == 0)
				break;
			n++;
		}
		steps[i] = (struct step){ at, key, n };
		at = &steps[i];
		v = member;
	}
	load_fail(l, at, STEP_VALUE, "%s", text);
}

void check_fail(struct load *l, const char *const *keys, const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fail_at(l, keys, text);
}

static void check_listen(struct load *l, const struct conf_realm *r)
{
	const char *const *at = CHECK_KEYS("realms", r->name, "listen");

	if (listen_in_media(r, r))
		check_fail(l, at, "port %u is one of the realm's media ports, %u-%u", listen_in_media(r, r),
			   r->media_first, r->media_last);
	for (unsigned i = 0; i < r->nlisten; i++) {
		for (unsigned j = 0; j < i; j++)
			if (same_port(&r->listen[i], &r->listen[j]))
				check_fail(l, at, "%s port %u is here twice", protocol(&r->listen[i]),
					   r->listen[i].port);
		if (r->listen[i].port == l->conf->api.http.port && r->listen[i].transport != CONF_UDP &&
		    addr_same_host(&r->address, &l->conf->api.http))
			check_fail(l, at, "tcp port %u is that of api.http.listen", r->listen[i].port);
	}
}

static bool listens_on(const struct conf_realm *r, enum conf_transport transport)
{
	for (unsigned i = 0; i < r->nlisten; i++)
		if (r->listen[i].transport == transport)
			return true;
	return false;
}

static void check_tls(struct load *l, const struct conf_realm *r)
{
	json_t *given = json_object_get(json_object_get(json_object_get(l->root, "realms"), r->name), "tls");

	if (!given && (listens_on(r, CONF_TLS) || listens_on(r, CONF_WSS)))
		check_fail(l, CHECK_KEYS("realms", r->name, "listen"),
			   "tls and wss need a certificate: realms.%s.tls.cert is missing", r->name);
	if (r->tls.client != CONF_CLIENT_NONE && !json_object_get(given, "ca"))
		check_fail(l, CHECK_KEYS("realms", r->name, "tls", "client"),
			   "realms.%s.tls.ca is missing: who signs the clients' certificates", r->name);
	if (r->tls.client == CONF_CLIENT_NONE && r->tls.ca && !json_object_get(given, "client"))
		check_fail(l, CHECK_KEYS("realms", r->name, "tls", "ca"),
			   "of no use without realms.%s.tls.client: \"optional\" or \"require\"", r->name);
}

/* Keys that only one kind of home has a use for. */
static void check_home(struct load *l, const struct conf_realm *r)
{
	static const struct {
		const char *keys[2];
		bool local;
	} only[] = {
		{ { "users" }, true },
		{ { "digest" }, true },
		{ { "calls-from" }, false },
		{ { "expires", "upstream" }, false },
		{ { "limits", "upstream" }, false },
	};
	json_t *given = json_object_get(json_object_get(json_object_get(l->root, "realms"), r->name), "phones");
	bool local = r->phones.home_trunk < 0;

	for (size_t i = 0; i < sizeof(only) / sizeof(only[0]); i++) {
		const char *const *keys = only[i].keys;
		json_t *v = json_object_get(given, keys[0]);

		if (!(keys[1] ? json_object_get(v, keys[1]) : v) || only[i].local == local)
			continue;
		check_fail(l, CHECK_KEYS("realms", r->name, "phones", keys[0], keys[1]),
			   local ? "of no use while \"home\" is \"local\": it is about a trunk as home"
				 : "of no use here: the trunk %s keeps the passwords",
			   r->phones.home);
	}
}

static void check_phones(struct load *l, const struct conf_realm *r)
{
	int home = r->phones.home_trunk;

	if (!r->phones.home)
		return;
	check_home(l, r);
	if (home >= 0 && l->conf->trunks[home].realm == (int)(r - l->conf->realms))
		check_fail(l, CHECK_KEYS("realms", r->name, "phones", "home"),
			   "the trunk %s is in this realm itself: phones here can reach it without the SBC",
			   r->phones.home);
}

static void check_realm(struct load *l, const struct conf_realm *r)
{
	if (!r->address_auto && addr_is_set(&r->address) && r->address.family != r->public.family)
		check_fail(l, CHECK_KEYS("realms", r->name, "public"),
			   "one of address and public is IPv4, the other IPv6");
	if (r->address.family == ADDR_V4 && r->latch_bits > 32)
		check_fail(l, CHECK_KEYS("realms", r->name, "media", "latch"),
			   "an IPv4 address has no more than 32 bits");
	if (r->timer.expires_s < r->timer.min_s)
		check_fail(l, CHECK_KEYS("realms", r->name, "session-timer"), "expires (%us) is below min (%us)",
			   r->timer.expires_s, r->timer.min_s);
	check_listen(l, r);
	check_tls(l, r);
	if (r->phones.present)
		check_phones(l, r);
}

/* b stands after a in the file: what is wrong between them is told of b. */
static void check_realm_pair(struct load *l, const struct conf_realm *a, const struct conf_realm *b)
{
	/* A name is one account, wherever its phone is: two files could give it to two people. */
	if (a->phones.present && b->phones.present && a->phones.users && b->phones.users &&
	    strcmp(a->phones.users, b->phones.users) != 0)
		check_fail(l, CHECK_KEYS("realms", b->name, "phones", "users"),
			   "all realms share one users file, and that of realm %s is %s", a->name, a->phones.users);
	if (!check_same_address(a, b))
		return;
	if (listen_meets(a, b))
		check_fail(l, CHECK_KEYS("realms", b->name, "listen"),
			   "%s port %u is that of realm %s on the same address: give one of them others in \"listen\"",
			   protocol(listen_meets(a, b)), listen_meets(a, b)->port, a->name);
	if (media_meets(a, b))
		check_fail(l, CHECK_KEYS("realms", b->name, "media", "ports"),
			   "media ports %u-%u overlap those of realm %s, %u-%u, on the same address", b->media_first,
			   b->media_last, a->name, a->media_first, a->media_last);
	if (listen_in_media(b, a))
		check_fail(l, CHECK_KEYS("realms", b->name, "listen"),
			   "port %u is a media port of realm %s on the same address", listen_in_media(b, a), a->name);
	if (listen_in_media(a, b))
		check_fail(l, CHECK_KEYS("realms", b->name, "media", "ports"),
			   "media ports %u-%u hold port %u, which realm %s on the same address listens on",
			   b->media_first, b->media_last, listen_in_media(a, b), a->name);
}

/* Is the peer one of our own sockets? */
static bool is_own(const struct config *c, const struct addr *peer)
{
	for (unsigned i = 0; i < c->nrealm; i++)
		for (unsigned j = 0; j < c->realms[i].nlisten; j++)
			if (addr_same_host(&c->realms[i].address, peer) && c->realms[i].listen[j].port == peer->port)
				return true;
	return false;
}

static bool same_peer(const struct conf_peer *a, const struct conf_peer *b)
{
	if (addr_is_set(&a->addr) || addr_is_set(&b->addr))
		return addr_eq(&a->addr, &b->addr);
	return span_ieq(span_str(a->host), span_str(b->host)) && a->port == b->port;
}

static void check_peers(struct load *l, const struct conf_trunk *t, const struct conf_realm *r)
{
	const char *const *at = CHECK_KEYS("trunks", t->name, "peers");

	for (unsigned i = 0; i < t->npeer; i++) {
		const struct conf_peer *p = &t->peers[i];

		if (r && addr_is_set(&r->address) && addr_is_set(&p->addr) && r->address.family != p->addr.family)
			check_fail(l, at, "%s is not of the IP version of realm %s", p->name, r->name);
		if (addr_is_set(&p->addr) && is_own(l->conf, &p->addr))
			check_fail(l, at, "%s is this SBC itself", p->name);
		for (unsigned j = 0; j < i; j++)
			if (same_peer(p, &t->peers[j]))
				check_fail(l, at, "%s is here twice", p->name);
	}
}

/* Connections are opened from, and Via names, what the realm listens on. */
static void check_transport(struct load *l, const struct conf_trunk *t, const struct conf_realm *r)
{
	static const struct {
		enum conf_transport transport;
		const char *name;
	} wants[] = {
		[CONF_WANT_UDP] = { CONF_UDP, "udp" },
		[CONF_WANT_TCP] = { CONF_TCP, "tcp" },
		[CONF_WANT_TLS] = { CONF_TLS, "tls" },
	};

	if (t->transport != CONF_WANT_AUTO && !listens_on(r, wants[t->transport].transport))
		check_fail(l, CHECK_KEYS("trunks", t->name, "transport"),
			   "realm %s does not listen on %s: add it to realms.%s.listen%s", r->name,
			   wants[t->transport].name, r->name,
			   t->transport == CONF_WANT_TLS ? ", with a certificate in its \"tls\"" : "");
}

/* Both could have credentials: they are the same ones. */
static void check_register(struct load *l, const struct conf_trunk *t)
{
	json_t *trunk = json_object_get(json_object_get(l->root, "trunks"), t->name);
	json_t *given = json_object_get(trunk, "auth");

	if (t->reg.present && !given && !json_object_get(json_object_get(trunk, "register"), "password"))
		check_fail(l, CHECK_KEYS("trunks", t->name, "register"),
			   "\"password\" is missing, here or in trunks.%s.auth", t->name);
	if (given && t->reg.password)
		check_fail(l, CHECK_KEYS("trunks", t->name, "register", "password"),
			   "trunks.%s.auth has one: leave this out", t->name);
	if (given && t->reg.realm)
		check_fail(l, CHECK_KEYS("trunks", t->name, "register", "realm"), "it belongs into trunks.%s.auth",
			   t->name);
}

static void check_trunk(struct load *l, const struct config *c, const struct conf_trunk *t)
{
	const struct conf_realm *r = t->realm >= 0 ? &c->realms[t->realm] : NULL;

	if (conf_realm_find(c, span_str(t->name)) >= 0)
		check_fail(l, CHECK_KEYS("trunks", t->name),
			   "a realm has this name too: routes could not tell them apart");
	if (strcmp(t->name, "local") == 0)
		check_fail(l, CHECK_KEYS("trunks", t->name), "\"local\" means this SBC: choose another name");
	if (strcmp(t->name, "phones") == 0)
		check_fail(l, CHECK_KEYS("trunks", t->name), "\"phones\" in a route means phones: choose another name");
	check_peers(l, t, r);
	check_register(l, t);
	if (!r)
		return;
	if (r->nlisten && t->npeer)
		check_transport(l, t, r);
	if (t->timer.expires_s < t->timer.min_s && r->timer.expires_s >= r->timer.min_s)
		check_fail(l, CHECK_KEYS("trunks", t->name, "session-timer"), "expires (%us) is below min (%us)",
			   t->timer.expires_s, t->timer.min_s);
}

/* Whose call it is shows in its source address. b stands after a in the file. */
static void check_trunk_pair(struct load *l, const struct conf_trunk *a, const struct conf_trunk *b)
{
	if (a->realm != b->realm)
		return;
	for (unsigned i = 0; i < b->npeer; i++)
		for (unsigned j = 0; j < a->npeer; j++)
			if (same_peer(&a->peers[j], &b->peers[i]))
				check_fail(l, CHECK_KEYS("trunks", b->name, "peers"),
					   "%s is a peer of trunk %s too: its calls could not be told apart",
					   b->peers[i].name, a->name);
}

/* Beyond this host. */
static bool is_reachable(struct span ng)
{
	struct addr a;

	if (!span_starts(ng, SPAN("udp:")) && !span_starts(ng, SPAN("tcp:")))
		return false;
	return addr_parse(span_from(ng, 4), 0, &a) == 0 && !addr_is_loopback(&a);
}

/* Nothing authenticates who commands the relay: from other hosts only those that are named may. */
static void check_relay(struct load *l)
{
	const json_t *relay = json_object_get(l->root, "relay"), *ng = json_object_get(relay, "ng"), *v;
	char number[24];
	size_t i;

	if (json_array_size(json_object_get(relay, "ng-from")))
		return;
	json_array_foreach(ng, i, v)
	{
		if (!json_is_string(v) || !is_reachable(span_str(json_string_value(v))))
			continue;
		snprintf(number, sizeof(number), "%zu", i);
		check_fail(l, CHECK_KEYS("relay", "ng", number),
			   "relay.ng-from is missing: whoever can send commands here steers all calls");
	}
}

/* Is the file one of the SBC's, not of a relay alone? */
static bool is_for_sbc(const struct config *c)
{
	for (unsigned i = 0; i < c->nrealm; i++)
		if (c->realms[i].phones.present)
			return true;
	return c->ntrunk > 0;
}

/* The SBC asks by datagrams. */
static void check_way_to_relay(struct load *l)
{
	struct span first = l->conf->relay.nng ? span_str(l->conf->relay.ng[0]) : (struct span){ 0 };

	if (is_for_sbc(l->conf) && (span_starts(first, SPAN("tcp:")) || span_starts(first, SPAN("unix-stream:"))))
		check_fail(l, CHECK_KEYS("relay", "ng", "0"),
			   "the SBC uses the first one, which must be \"unix:/PATH\" or \"udp:IP:PORT\"");
}

void check_whole(struct load *l)
{
	const struct config *c = l->conf;

	for (unsigned i = 0; i < c->nrealm; i++) {
		check_realm(l, &c->realms[i]);
		for (unsigned j = 0; j < i; j++)
			check_realm_pair(l, &c->realms[j], &c->realms[i]);
	}
	for (unsigned i = 0; i < c->ntrunk; i++) {
		check_trunk(l, c, &c->trunks[i]);
		for (unsigned j = 0; j < i; j++)
			check_trunk_pair(l, &c->trunks[j], &c->trunks[i]);
	}
	check_relay(l);
	check_way_to_relay(l);
	check_routes(l);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/conf/check.h"

#include <stdarg.h>
#include <stdio.h>

enum { MEDIA_FIRST = 10000, MEDIA_LAST = 29999, TEXT_MAX = 256 };

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

/* The first of a's ports that b listens on too; 0 where there is none. */
static uint16_t listen_meets(const struct conf_realm *a, const struct conf_realm *b)
{
	for (unsigned i = 0; i < a->nlisten; i++)
		for (unsigned j = 0; j < b->nlisten; j++)
			if (a->listen[i].transport == b->listen[j].transport && a->listen[i].port == b->listen[j].port)
				return a->listen[i].port;
	return 0;
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

/* Realms on one address without ports of their own get equal parts, in the order of the file. */
static void share_media(struct config *c, struct conf_realm *r, const bool *given)
{
	unsigned n = 0, mine = 0, part;

	for (unsigned i = 0; i < c->nrealm; i++) {
		if (given[i] || (&c->realms[i] != r && !check_same_address(&c->realms[i], r)))
			continue;
		if (&c->realms[i] == r)
			mine = n;
		n++;
	}
	part = (MEDIA_LAST + 1 - MEDIA_FIRST) / n & ~1u; /* even: pairs stay whole */
	r->media_first = (uint16_t)(MEDIA_FIRST + mine * part);
	r->media_last = (uint16_t)(r->media_first + part - 1);
}

void check_complete(struct config *c)
{
	bool given[CONF_REALM_MAX];

	for (unsigned i = 0; i < c->nrealm; i++)
		given[i] = c->realms[i].media_last != 0;
	for (unsigned i = 0; i < c->nrealm; i++) {
		struct conf_realm *r = &c->realms[i];

		if (!given[i])
			share_media(c, r, given);
		if (!addr_is_set(&r->public))
			r->public = r->address;
		if (r->latch_bits == 0 && addr_is_set(&r->address))
			r->latch_bits = r->address.family == ADDR_V6 ? 128 : 32;
	}
	if (c->relay.sessions == 0)
		c->relay.sessions = 2 * c->limits.calls;
	if (c->limits.transactions == 0)
		c->limits.transactions =
			4000 + 12 * c->limits.calls; /* each stays for 32 s: about 200 new calls a second */
}

/* Tells of the value that the keys lead to from the root; or, where it is not in the file, of what would hold it. */
static void fail_at(struct load *l, const char *const *keys, const char *text)
{
	struct step steps[4];
	const struct step *at = NULL;
	json_t *v = l->root, *member = NULL;
	const char *key;

	for (unsigned i = 0; i < 4 && keys[i] && json_object_get(v, keys[i]); i++) {
		size_t n = 0;

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

#define KEYS(...) ((const char *const[5]){ __VA_ARGS__ })

__attribute__((format(printf, 3, 4))) static void fail_of(struct load *l, const char *const *keys, const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fail_at(l, keys, text);
}

static void check_realm(struct load *l, const struct conf_realm *r)
{
	if (!r->address_auto && addr_is_set(&r->address) && r->address.family != r->public.family)
		fail_of(l, KEYS("realms", r->name, "public"), "one of address and public is IPv4, the other IPv6");
	if (r->address.family == ADDR_V4 && r->latch_bits > 32)
		fail_of(l, KEYS("realms", r->name, "media", "latch"), "an IPv4 address has no more than 32 bits");
	if (listen_in_media(r, r))
		fail_of(l, KEYS("realms", r->name, "listen"), "port %u is one of the realm's media ports, %u-%u",
			listen_in_media(r, r), r->media_first, r->media_last);
	for (unsigned i = 0; i < r->nlisten; i++)
		for (unsigned j = 0; j < i; j++)
			if (r->listen[i].transport == r->listen[j].transport && r->listen[i].port == r->listen[j].port)
				fail_of(l, KEYS("realms", r->name, "listen"), "port %u is here twice",
					r->listen[i].port);
}

/* b stands after a in the file: what is wrong between them is told of b. */
static void check_realm_pair(struct load *l, const struct conf_realm *a, const struct conf_realm *b)
{
	/* A name is one account, wherever its phone is: two files could give it to two people. */
	if (a->phones.present && b->phones.present && strcmp(a->phones.users, b->phones.users) != 0)
		fail_of(l, KEYS("realms", b->name, "phones", "users"),
			"all realms share one users file, and that of realm %s is %s", a->name, a->phones.users);
	if (!check_same_address(a, b))
		return;
	if (listen_meets(a, b))
		fail_of(l, KEYS("realms", b->name, "listen"), "udp port %u is that of realm %s on the same address",
			listen_meets(a, b), a->name);
	if (media_meets(a, b))
		fail_of(l, KEYS("realms", b->name, "media", "ports"),
			"media ports %u-%u overlap those of realm %s, %u-%u, on the same address", b->media_first,
			b->media_last, a->name, a->media_first, a->media_last);
	if (listen_in_media(b, a))
		fail_of(l, KEYS("realms", b->name, "listen"), "port %u is a media port of realm %s on the same address",
			listen_in_media(b, a), a->name);
	if (listen_in_media(a, b))
		fail_of(l, KEYS("realms", b->name, "media", "ports"),
			"media ports %u-%u hold port %u, which realm %s on the same address listens on", b->media_first,
			b->media_last, listen_in_media(a, b), a->name);
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

static void check_trunk(struct load *l, const struct config *c, const struct conf_trunk *t)
{
	const struct conf_realm *r = t->realm >= 0 ? &c->realms[t->realm] : NULL;
	const char *const *at = KEYS("trunks", t->name, "peers");

	if (conf_realm_find(c, span_str(t->name)) >= 0)
		fail_of(l, KEYS("trunks", t->name), "a realm has this name too: routes could not tell them apart");
	if (strcmp(t->name, "local") == 0)
		fail_of(l, KEYS("trunks", t->name), "\"local\" means this SBC: choose another name");
	for (unsigned i = 0; i < t->npeer; i++) {
		if (r && addr_is_set(&r->address) && r->address.family != t->peers[i].addr.family)
			fail_of(l, at, "%s is not of the IP version of realm %s", t->peers[i].host, r->name);
		if (is_own(c, &t->peers[i].addr))
			fail_of(l, at, "%s is this SBC itself", t->peers[i].host);
		for (unsigned j = 0; j < i; j++)
			if (addr_eq(&t->peers[i].addr, &t->peers[j].addr))
				fail_of(l, at, "%s is here twice", t->peers[i].host);
	}
}

/* Whose call it is shows in its source address. b stands after a in the file. */
static void check_trunk_pair(struct load *l, const struct conf_trunk *a, const struct conf_trunk *b)
{
	if (a->realm != b->realm)
		return;
	for (unsigned i = 0; i < b->npeer; i++)
		for (unsigned j = 0; j < a->npeer; j++)
			if (addr_eq(&a->peers[j].addr, &b->peers[i].addr))
				fail_of(l, KEYS("trunks", b->name, "peers"),
					"%s is a peer of trunk %s too: its calls could not be told apart",
					b->peers[i].host, a->name);
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
}

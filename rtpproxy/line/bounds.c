/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/line/bounds.h"

#include "alg/conf/config.h"
#include "alg/net/reach.h"

static const enum outcome outcome_of_reach[REACH_N] = {
	[REACH_FINE] = OUTCOME_OK,
	[REACH_UNSPECIFIED] = OUTCOME_TARGET_RESERVED,
	[REACH_LOOPBACK] = OUTCOME_TARGET_LOOPBACK,
	[REACH_LINK_LOCAL] = OUTCOME_TARGET_LINK_LOCAL,
	[REACH_MULTICAST] = OUTCOME_TARGET_MULTICAST,
	[REACH_BROADCAST] = OUTCOME_TARGET_BROADCAST,
	[REACH_RESERVED] = OUTCOME_TARGET_RESERVED,
	[REACH_METADATA] = OUTCOME_TARGET_METADATA,
	[REACH_OWN] = OUTCOME_TARGET_OURSELVES,
};

static bool realm_is_at(const struct conf_realm *realm, const struct addr *a)
{
	return addr_same_host(&realm->address, a) || addr_same_host(&realm->public, a);
}

static bool realm_listens(const struct conf_realm *realm, uint16_t port)
{
	for (unsigned i = 0; i < realm->nlisten; i++)
		if (realm->listen[i].port == port)
			return true;
	return false;
}

static bool is_this_host(const struct config *c, const struct addr *a)
{
	for (unsigned i = 0; i < c->nrealm; i++)
		if (addr_same_host(&c->realms[i].address, a))
			return true;
	return addr_is_loopback(a);
}

/* Who commands the relay comes from this host: media that we send there could pass for a command. */
static bool is_commanded_at(const struct config *c, const struct addr *a)
{
	for (unsigned i = 0; i < c->relay.nng; i++) {
		const struct span ng = span_str(c->relay.ng[i]);
		struct addr at;

		if (!span_starts(ng, SPAN("udp:")) || addr_parse(span_from(ng, 4), 0, &at) || at.port != a->port)
			continue;
		at = addr_unmap(&at);
		if (addr_same_host(&at, a) || (addr_is_any(&at) && is_this_host(c, a)))
			return true;
	}
	return false;
}

/* What an address of ours is to the sender of the description. */
struct own_use {
	bool is_media;   /* a media port of a realm's */
	bool is_out;     /* which a call has */
	bool is_service; /* SIP is spoken there */
	bool is_host;    /* this host, some other program's port */
	bool from_us;    /* the description came from ourselves, or from where the client does not say */
};

static struct own_use own_use_of(const struct target_rules *rules, const struct addr *a)
{
	const struct addr *from = &rules->request->received_from;
	struct own_use u = { .from_us = !addr_is_set(from) || rules->request->trust_address };

	for (unsigned i = 0; i < rules->conf->nrealm; i++) {
		const struct conf_realm *realm = &rules->conf->realms[i];

		if (addr_is_set(from) && realm_is_at(realm, from))
			u.from_us = true;
		if (!realm_is_at(realm, a))
			continue;
		u.is_service = u.is_service || realm_listens(realm, a->port);
		/* Behind the public address there may be others. */
		u.is_host = u.is_host || addr_same_host(&realm->address, a);
		if (a->port < realm->media_first || a->port > realm->media_last)
			continue;
		u.is_media = true;
		u.is_out = u.is_out || ports_is_used(&rules->ports[i], a->port);
	}
	return u;
}

/* A port of ours is a target only for a call that really comes back to us (hairpin): one whose signalling came from
 * ourselves too, or from where the client does not say, or from a server that passes on what we told it. Else media
 * could be made to run in circles. Other programs of this host are reached by who is on this host. */
static bool is_ourselves(const struct target_rules *rules, const struct addr *a)
{
	const struct own_use u = own_use_of(rules, a);

	if (u.is_service || is_commanded_at(rules->conf, a))
		return true;
	if (u.is_media)
		return !u.is_out || !u.from_us;
	return u.is_host && !u.from_us;
}

enum outcome bounds_check(const struct target_rules *rules, const struct addr *a)
{
	const struct addr *own = &rules->conf->realms[rules->realm].address;
	enum reach reach;

	if (!addr_is_set(a) || addr_is_any(a))
		return OUTCOME_OK;
	reach = reach_from(own, a);
	if (reach == REACH_FINE && is_ourselves(rules, a))
		reach = REACH_OWN;
	return outcome_of_reach[reach];
}

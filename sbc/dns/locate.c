/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/dns/locate.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "sbc/dns/offlimits.h"

enum {
	SIP_PORT = 5060,
	SIPS_PORT = 5061,
	HOSTS_MAX = 32,         /* names of servers that one walk looks up */
	ALIASES_MAX = 8,        /* followed from answer to answer */
	NAMES_PER_SUBJECT = 48, /* NAPTR, three SRV, and the servers these name */
	NAMES_MAX = 8192,
	AGAIN_MIN_MS = 100,
	PATIENCE_MS = 120 * 1000,   /* with answers that never come */
	AGAIN_MAX_MS = 3600 * 1000, /* where nothing says when: no room in the cache */
};

/* Whatever is asked without NAPTR, in this order (RFC 3263 4.1); TLS is better than nothing. */
static const struct service {
	enum conf_transport transport;
	const char *prefix;
	uint16_t port;
} services[] = {
	{ CONF_UDP, "_sip._udp.", SIP_PORT },
	{ CONF_TCP, "_sip._tcp.", SIP_PORT },
	{ CONF_TLS, "_sips._tcp.", SIPS_PORT },
};

enum { SERVICES = sizeof(services) / sizeof(*services) };

/* One walk through RFC 3263 over what the cache knows. */
struct walk {
	struct locate *l;
	const struct locate_subject *s;
	struct locate_target target[LOCATE_TARGETS];
	unsigned ntarget, hosts;
	uint16_t priority, server; /* of the next target */
	bool waiting;              /* nothing can be said yet */
	bool asking;               /* an answer may change what is said */
	uint64_t again;            /* ms: something runs out */
};

/* ----- what is asked for ----- */

static const struct conf_realm *realm_of(const struct walk *w)
{
	return &w->l->core->conf->realms[w->s->realm];
}

/* Transports that the subject may be reached by. */
static bool allowed(const struct walk *w, unsigned transport)
{
	static const int wanted[] = { [CONF_WANT_AUTO] = -1,
				      [CONF_WANT_UDP] = CONF_UDP,
				      [CONF_WANT_TCP] = CONF_TCP,
				      [CONF_WANT_TLS] = CONF_TLS };
	const struct conf_realm *realm = realm_of(w);

	if (w->s->want != CONF_WANT_AUTO)
		return wanted[w->s->want] == (int)transport;
	for (unsigned i = 0; i < realm->nlisten; i++)
		if (realm->listen[i].transport == transport)
			return true;
	return false;
}

/* Without NAPTR and SRV: UDP, or what there is instead. */
static const struct service *first_service(const struct walk *w)
{
	for (unsigned i = 0; i < SERVICES; i++)
		if (allowed(w, services[i].transport))
			return &services[i];
	return &services[0];
}

/* ----- the cache ----- */

static void run_out(struct walk *w, uint64_t at)
{
	if (at < w->again)
		w->again = at;
}

/* The entry that holds the records, aliases followed; NULL: none is known. */
static const struct dnscache_entry *look_up(struct walk *w, const char *name, enum dns_type type)
{
	for (unsigned i = 0; i < ALIASES_MAX; i++) {
		const struct dnscache_entry *e = dnscache_find(&w->l->cache, name, type);

		if (!e)
			return NULL;
		w->waiting = w->waiting || e->state == DNSCACHE_WAITING;
		w->asking = w->asking || e->flying;
		if (e->state == DNSCACHE_STALE)
			run_out(w, e->stale_until);
		if (!e->flying && e->state != DNSCACHE_WAITING)
			run_out(w, e->state == DNSCACHE_KNOWN ? e->expires : e->retry_at);
		if (e->state == DNSCACHE_WAITING || e->state == DNSCACHE_FAILED)
			return NULL;
		if (!e->alias)
			return e;
		name = e->alias;
	}
	return NULL;
}

/* ----- targets ----- */

static void add_target(struct walk *w, struct addr addr, uint16_t port, unsigned transport, uint16_t weight)
{
	addr = addr_unmap(&addr);
	addr.port = port;
	if (w->ntarget == LOCATE_TARGETS || !port || addr.family != realm_of(w)->address.family)
		return;
	for (unsigned i = 0; i < w->ntarget; i++)
		if (w->target[i].transport == transport && addr_eq(&w->target[i].addr, &addr))
			return;
	w->target[w->ntarget++] = (struct locate_target){
		.addr = addr,
		.transport = (uint8_t)transport,
		.priority = w->priority,
		.weight = weight,
		.server = w->server,
	};
}

/* An answer that names our own host or nobody's must not have us talk to it (FAULTS 22). */
static bool may_be_asked(const struct walk *w, struct addr addr, uint16_t port)
{
	addr.port = port;
	if (offlimits(w->l->core->conf, w->s->realm, &addr) == REACH_FINE)
		return true;
	core_count(w->l->core, COUNT_DNS_FORBIDDEN);
	return false;
}

/* All addresses of a host: one server where an SRV record names it, else one each. */
static void add_host(struct walk *w, const char *host, uint16_t port, unsigned transport, const uint16_t *weight)
{
	enum dns_type type = realm_of(w)->address.family == ADDR_V6 ? DNS_AAAA : DNS_A;
	const struct dnscache_entry *e = w->hosts++ < HOSTS_MAX ? look_up(w, host, type) : NULL;

	for (unsigned i = 0; e && i < e->nrecord; i++) {
		if (may_be_asked(w, e->record[i].addr, port))
			add_target(w, e->record[i].addr, port, transport, weight ? *weight : 0);
		if (!weight)
			w->server++;
	}
	if (weight)
		w->server++;
}

/* ----- SRV and NAPTR ----- */

/* False: there are no such records. "." says that the service is decidedly not there (RFC 2782), which is a record,
 * too. */
static bool add_srv(struct walk *w, const char *name, unsigned transport)
{
	const struct dnscache_entry *e = look_up(w, name, DNS_SRV);

	if (!e || e->nrecord == 0)
		return false;
	for (unsigned i = 0; i < e->nrecord; i++) {
		const struct dnscache_record *r = &e->record[i];

		if (i > 0 && r->order != e->record[i - 1].order)
			w->priority++;
		if (strcmp(r->target, ".") != 0)
			add_host(w, r->target, r->port, transport, &r->weight);
	}
	w->priority++;
	return true;
}

static bool add_service(struct walk *w, const struct service *s)
{
	char name[DNS_NAME_MAX];
	int n = snprintf(name, sizeof(name), "%s%s", s->prefix, w->s->host);

	return n < (int)sizeof(name) && add_srv(w, name, s->transport);
}

static const struct service *service_of(unsigned transport)
{
	for (unsigned i = 0; i < SERVICES; i++)
		if (services[i].transport == transport)
			return &services[i];
	return NULL;
}

/* RFC 3263 4.1: the domain says itself which transports it has and prefers. False: it says nothing that we can do.
 * *best is what it likes most of that. */
static bool add_naptr(struct walk *w, const struct service **best)
{
	const struct dnscache_entry *e = look_up(w, w->s->host, DNS_NAPTR);
	bool found = false;

	for (unsigned i = 0; e && i < e->nrecord; i++) {
		const struct dnscache_record *r = &e->record[i];

		if (!allowed(w, r->transport) || strcmp(r->target, ".") == 0)
			continue;
		if (!*best)
			*best = service_of(r->transport);
		found = add_srv(w, r->target, r->transport) || found;
	}
	return found;
}

static bool add_services(struct walk *w)
{
	bool found = false;

	for (unsigned i = 0; i < SERVICES; i++)
		if (allowed(w, services[i].transport))
			found = add_service(w, &services[i]) || found;
	return found;
}

/* RFC 3263 4.1 and 4.2. */
static void walk_all(struct walk *w)
{
	const struct service *best = NULL;
	struct addr addr;

	if (addr_parse_host(span_str(w->s->host), &addr) == 0) {
		best = first_service(w);
		add_target(w, addr, w->s->port ? w->s->port : best->port, best->transport, 0);
		return;
	}
	if (!w->s->port) {
		if (w->s->want == CONF_WANT_AUTO && (add_naptr(w, &best) || w->waiting))
			return;
		if (!best && (add_services(w) || w->waiting))
			return;
	}
	/* The host itself, by the transport that NAPTR chose, or the plainest there is. */
	if (!best)
		best = first_service(w);
	add_host(w, w->s->host, w->s->port ? w->s->port : best->port, best->transport, NULL);
}

/* ----- subjects ----- */

static void on_again(struct timer *timer, void *ctx, uint64_t now);

static void walk_subject(struct locate_subject *s)
{
	struct locate *l = s->home;
	struct walk w = { .l = l, .s = s, .again = UINT64_MAX };
	uint64_t now = core_now(l->core);

	walk_all(&w);
	s->waiting = w.waiting || w.asking;
	if (s->waiting)
		run_out(&w, now + PATIENCE_MS);
	if (w.again - now > AGAIN_MAX_MS)
		w.again = now + AGAIN_MAX_MS;
	if (w.again < now + AGAIN_MIN_MS)
		w.again = now + AGAIN_MIN_MS;
	wheel_add(&l->core->wheel, &s->again, w.again, on_again);
	if (w.waiting)
		return;
	memcpy(s->target, w.target, sizeof(s->target));
	s->ntarget = w.ntarget;
	s->located_once = true;
	s->located(s);
}

static void on_again(struct timer *timer, void *ctx, uint64_t now)
{
	(void)ctx, (void)now;
	walk_subject((struct locate_subject *)((char *)timer - offsetof(struct locate_subject, again)));
}

/* Answers that came in one turn are looked at together. */
static void on_turn(struct timer *timer, void *ctx, uint64_t now)
{
	struct locate *l = (struct locate *)((char *)timer - offsetof(struct locate, turn));
	struct locate_subject *next;

	(void)ctx, (void)now;
	for (struct locate_subject *s = l->subjects; s; s = next) {
		next = s->next;
		if (s->waiting)
			walk_subject(s);
	}
}

int locate_init(struct locate *l, struct core *core, unsigned subjects)
{
	uint32_t names = subjects * NAMES_PER_SUBJECT;

	memset(l, 0, sizeof(*l));
	l->core = core;
	return names ? dnscache_init(&l->cache, core, names < NAMES_MAX ? names : NAMES_MAX) : 0;
}

void locate_fini(struct locate *l)
{
	if (!l->core)
		return;
	while (l->subjects)
		locate_del(l->subjects);
	wheel_del(&l->core->wheel, &l->turn);
	dnscache_fini(&l->cache);
	memset(l, 0, sizeof(*l));
}

void locate_add(struct locate *l, struct locate_subject *s)
{
	s->home = l;
	s->next = l->subjects;
	l->subjects = s;
	wheel_add(&l->core->wheel, &s->again, core_now(l->core), on_again);
}

void locate_del(struct locate_subject *s)
{
	struct locate *l = s->home;

	for (struct locate_subject **at = &l->subjects; *at; at = &(*at)->next)
		if (*at == s) {
			*at = s->next;
			break;
		}
	wheel_del(&l->core->wheel, &s->again);
}

void locate_answer(struct locate *l, uint32_t id, enum resolve_status status, struct span raw)
{
	if (l->core && dnscache_answer(&l->cache, id, status, raw))
		wheel_add(&l->core->wheel, &l->turn, core_now(l->core), on_turn);
}

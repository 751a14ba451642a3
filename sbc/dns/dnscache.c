/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/dns/dnscache.h"

#include <stdlib.h>

enum {
	KEY_MAX = 2 + DNS_NAME_MAX,
	LOST_AFTER_MS = 120 * 1000, /* the resolver always answers: one that did not must not stop us for ever */
};

/* The SIP services of RFC 3263 4.1 and the transports they stand for. */
static const struct service {
	struct span name;
	enum conf_transport transport;
} services[] = {
	{ { "SIP+D2U", 7 }, CONF_UDP },
	{ { "SIP+D2T", 7 }, CONF_TCP },
	{ { "SIPS+D2T", 8 }, CONF_TLS },
};

int dnscache_init(struct dnscache *c, struct core *core, uint32_t capacity)
{
	memset(c, 0, sizeof(*c));
	c->core = core;
	return table_init(&c->entries, capacity, &core->key[0]);
}

static void forget_records(struct dnscache_entry *e)
{
	free(e->record);
	e->record = NULL;
	e->nrecord = 0;
	e->alias = NULL;
}

static void drop(struct dnscache *c, struct dnscache_entry *e)
{
	table_del(&c->entries, e->key);
	forget_records(e);
	free(e);
}

void dnscache_fini(struct dnscache *c)
{
	struct dnscache_entry *e;
	uint32_t pos = 0;

	while (c->entries.slot && (e = table_next(&c->entries, &pos))) {
		forget_records(e);
		free(e);
	}
	table_fini(&c->entries);
}

/* ----- entries ----- */

static struct span key_of(const char *name, uint16_t type, char key[KEY_MAX])
{
	char plain[DNS_NAME_MAX];
	size_t n;

	if (dnsanswer_name(span_str(name), plain))
		return (struct span){ 0 };
	n = strlen(plain);
	memcpy(key, &type, 2);
	memcpy(key + 2, plain, n + 1);
	return span_of(key, n + 2);
}

/* The entry not used for longest goes. One of this very moment may be in somebody's hand. */
static int make_room(struct dnscache *c)
{
	struct dnscache_entry *e, *oldest = NULL;
	uint32_t pos = 0;

	if (c->entries.count < c->entries.capacity)
		return 0;
	while ((e = table_next(&c->entries, &pos)))
		if (!e->flying && e->used < core_now(c->core) && (!oldest || e->used < oldest->used))
			oldest = e;
	if (!oldest)
		return -1;
	drop(c, oldest);
	return 0;
}

static struct dnscache_entry *add(struct dnscache *c, struct span key)
{
	struct dnscache_entry *e;
	char *own;

	if (make_room(c))
		return NULL;
	e = calloc(1, sizeof(*e) + key.n + 1);
	if (!e)
		return NULL;
	own = (char *)(e + 1);
	memcpy(own, key.p, key.n);
	e->key = span_of(own, key.n);
	e->name = own + 2;
	memcpy(&e->type, own, 2);
	if (table_add(&c->entries, e->key, e)) {
		free(e);
		return NULL;
	}
	return e;
}

/* ----- asking ----- */

static const char *type_word(uint16_t type)
{
	return type == DNS_A ? "A" : type == DNS_AAAA ? "AAAA" : type == DNS_SRV ? "SRV" : "NAPTR";
}

static void failed(struct dnscache *c, struct dnscache_entry *e)
{
	uint64_t wait_s = 1ull << (e->failures < 5 ? e->failures : 5);

	if (!e->failures)
		log_warn(&c->core->log, "DNS: no answer for %s %s%s", type_word(e->type), e->name,
			 e->state == DNSCACHE_STALE ? ": what was known is used on" : "");
	core_count(c->core, COUNT_DNS_NO_ANSWER);
	c->failing = true;
	e->failed_at = core_now(c->core);
	if (e->failures < UINT8_MAX)
		e->failures++;
	e->retry_at = core_now(c->core) + 1000 * (wait_s < DNSCACHE_RETRY_MAX_S ? wait_s : DNSCACHE_RETRY_MAX_S);
	if (e->state == DNSCACHE_WAITING)
		e->state = DNSCACHE_FAILED;
}

static struct dnscache_flight *free_flight(struct dnscache *c)
{
	struct dnscache_flight *found = NULL;

	for (unsigned i = 0; i < DNSCACHE_FLYING; i++) {
		struct dnscache_flight *f = &c->flight[i];

		if (f->id && core_now(c->core) - f->since >= LOST_AFTER_MS) {
			f->entry->flying = false;
			failed(c, f->entry);
			f->id = 0;
		}
		if (!f->id && !found)
			found = f;
	}
	return found;
}

static void ask(struct dnscache *c, struct dnscache_entry *e)
{
	uint64_t now = core_now(c->core);
	struct dnscache_flight *f = free_flight(c);

	if (!f || e->flying || (now < e->retry_at && e->failed_at >= c->up_since))
		return;
	if (++c->serial == 0)
		c->serial = 1;
	core_count(c->core, COUNT_DNS_QUERY);
	*f = (struct dnscache_flight){ .id = c->serial, .entry = e, .since = now };
	e->flying = true;
	if (c->core->out.resolve && c->core->out.resolve(c->core->out.ctx, e->name, e->type, f->id) == 0)
		return;
	e->flying = false;
	f->id = 0;
	failed(c, e);
}

/* Known becomes stale, and stale things go. What failed has failed until there is an answer, also while it is asked
 * again; but not what failed before somebody answered at all. */
static void age(struct dnscache *c, struct dnscache_entry *e)
{
	uint64_t now = core_now(c->core);

	if (e->state == DNSCACHE_KNOWN && now >= e->expires)
		e->state = DNSCACHE_STALE;
	if (e->state == DNSCACHE_STALE && now >= e->stale_until) {
		e->state = e->failures ? DNSCACHE_FAILED : DNSCACHE_WAITING;
		forget_records(e);
	}
	if (e->state == DNSCACHE_FAILED && e->failed_at < c->up_since)
		e->state = DNSCACHE_WAITING;
}

const struct dnscache_entry *dnscache_find(struct dnscache *c, const char *name, enum dns_type type)
{
	char text[KEY_MAX];
	struct span key = key_of(name, (uint16_t)type, text);
	struct dnscache_entry *e = key.n && c->entries.slot ? table_find(&c->entries, key) : NULL;

	if (!key.n || !c->entries.slot || (!e && !(e = add(c, key))))
		return NULL;
	e->used = core_now(c->core);
	age(c, e);
	if (e->state == DNSCACHE_KNOWN || e->state == DNSCACHE_STALE)
		core_count(c->core, e->state == DNSCACHE_KNOWN ? COUNT_DNS_CACHED : COUNT_DNS_STALE);
	if (e->state != DNSCACHE_KNOWN)
		ask(c, e);
	return e;
}

/* ----- answers ----- */

/* Records picked from an answer, the most preferred first, and the texts they name. */
struct pick {
	uint16_t type;
	unsigned n;
	uint32_t ttl;          /* the least */
	uint32_t negative_ttl; /* of the SOA; 0: none */
	struct dnscache_record record[DNSCACHE_RECORDS];
	char target[DNSCACHE_RECORDS][DNS_NAME_MAX];
};

/* Only terminal rules lead to SRV records (RFC 3263 4.1: flag "s"). */
static bool read_service(const struct dnsrecord *d, struct dnscache_record *out)
{
	for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++)
		if (span_ieq(d->service, services[i].name) && span_ieq(d->flag, SPAN("s"))) {
			out->transport = (uint8_t)services[i].transport;
			return true;
		}
	return false;
}

static bool before(const struct pick *p, const struct dnscache_record *a, const struct dnscache_record *b)
{
	if (a->order != b->order)
		return a->order < b->order;
	/* A weight is no order: it is drawn by. */
	return p->type == DNS_NAPTR && a->weight < b->weight;
}

/* Into its place; the least preferred one falls off the end. */
static void pick_record(struct pick *p, const struct dnsrecord *d)
{
	struct dnscache_record r = { d->order, d->weight, d->port, 0, d->addr, NULL };
	unsigned at = p->n;

	if (d->ttl < p->ttl)
		p->ttl = d->ttl;
	if ((d->type == DNS_SRV || d->type == DNS_NAPTR) && !d->target[0])
		return;
	if (d->type == DNS_NAPTR && !read_service(d, &r))
		return;
	while (at > 0 && before(p, &r, &p->record[at - 1]))
		at--;
	if (at == DNSCACHE_RECORDS)
		return;
	if (p->n < DNSCACHE_RECORDS)
		p->n++;
	memmove(&p->record[at + 1], &p->record[at], (p->n - at - 1) * sizeof(p->record[0]));
	memmove(p->target[at + 1], p->target[at], (p->n - at - 1) * sizeof(p->target[0]));
	p->record[at] = r;
	memcpy(p->target[at], d->target, sizeof(p->target[at]));
}

static int pick_all(struct pick *p, struct span raw, const char *owner)
{
	struct dnsanswer a;
	struct dnsrecord d;
	int more;

	if (dnsanswer_open(raw, &a))
		return -1;
	while ((more = dnsanswer_next(&a, &d)) == 1 && d.section != DNS_ADDITIONAL) {
		if (d.section == DNS_ANSWER && d.type == p->type && strcmp(d.owner, owner) == 0)
			pick_record(p, &d);
		else if (d.section == DNS_AUTHORITY && d.type == DNS_SOA)
			p->negative_ttl = d.negative_ttl ? d.negative_ttl : 1;
	}
	return more < 0 ? -1 : 0;
}

static char *keep_text(char **at, const char *text)
{
	char *kept = *at;
	size_t n = strlen(text) + 1;

	memcpy(kept, text, n);
	*at += n;
	return kept;
}

/* One block: the records and their texts. */
static int keep(struct dnscache_entry *e, const struct pick *p, const char *alias)
{
	size_t text = strlen(alias) + 1;
	struct dnscache_record *record;
	char *at;

	for (unsigned i = 0; i < p->n; i++)
		text += strlen(p->target[i]) + 1;
	record = malloc(p->n * sizeof(*record) + text);
	if (!record)
		return -1;
	forget_records(e);
	e->record = record;
	e->nrecord = p->n;
	at = (char *)(record + p->n);
	for (unsigned i = 0; i < p->n; i++) {
		record[i] = p->record[i];
		record[i].target = keep_text(&at, p->target[i]);
	}
	e->alias = alias[0] ? keep_text(&at, alias) : NULL;
	return 0;
}

static uint32_t bounded(uint32_t ttl, uint32_t most)
{
	return ttl < DNSCACHE_TTL_MIN_S ? DNSCACHE_TTL_MIN_S : ttl < most ? ttl : most;
}

static uint32_t none_ttl(const struct pick *p)
{
	return bounded(p->negative_ttl ? p->negative_ttl : DNSCACHE_NONE_TTL_S, DNSCACHE_NONE_TTL_MAX_S);
}

/* Seconds that what was read holds; 0: it can't be used. */
static uint32_t learn(struct dnscache_entry *e, enum resolve_status status, struct span raw)
{
	struct pick p = { .type = e->type, .ttl = UINT32_MAX };
	char owner[DNS_NAME_MAX] = "";
	uint32_t alias_ttl;

	if (status == RESOLVE_FAILED)
		return 0;
	if (status != RESOLVE_OK) {
		/* That there is none is told by the status; the answer only tells for how long. */
		pick_all(&p, raw, "");
		p.n = 0;
		return keep(e, &p, "") ? 0 : none_ttl(&p);
	}
	if (dnsanswer_canonical(raw, e->name, owner, &alias_ttl) || pick_all(&p, raw, owner))
		return 0;
	if (alias_ttl < p.ttl)
		p.ttl = alias_ttl;
	/* The records of an alias in another zone may be missing: they are asked for by their own name. */
	if (keep(e, &p, p.n == 0 && strcmp(owner, e->name) != 0 ? owner : ""))
		return 0;
	return p.ttl == UINT32_MAX ? none_ttl(&p) : bounded(p.ttl, DNSCACHE_TTL_MAX_S);
}

bool dnscache_answer(struct dnscache *c, uint32_t id, enum resolve_status status, struct span raw)
{
	for (unsigned i = 0; i < DNSCACHE_FLYING; i++) {
		struct dnscache_entry *e = c->flight[i].entry;
		uint32_t ttl;

		if (!id || c->flight[i].id != id)
			continue;
		c->flight[i].id = 0;
		e->flying = false;
		ttl = learn(e, status, raw);
		if (!ttl) {
			failed(c, e);
			return true;
		}
		core_count(c->core, COUNT_DNS_ANSWER);
		if (c->failing)
			c->up_since = core_now(c->core);
		c->failing = false;
		if (e->failures)
			log_info(&c->core->log, "DNS: %s %s is answered again", type_word(e->type), e->name);
		e->failures = 0;
		e->retry_at = 0;
		e->state = DNSCACHE_KNOWN;
		e->expires = core_now(c->core) + 1000ull * ttl;
		e->stale_until = e->expires + 1000ull * c->core->conf->dns.stale_s;
		return true;
	}
	return false;
}

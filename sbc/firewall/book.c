/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewall/book.h"

#include <stdlib.h>

static void id_key(uint32_t instance, uint64_t id, uint8_t key[BOOK_ID])
{
	memcpy(key, &id, sizeof(id));
	memcpy(key + sizeof(id), &instance, sizeof(instance));
}

static void addr_key(const struct addr *a, uint8_t key[BOOK_ADDR])
{
	memcpy(key, a->ip, sizeof(a->ip));
	memcpy(key + 16, &a->port, sizeof(a->port));
	key[18] = a->family;
}

static void hole_key(const struct firewall_hole *h, uint8_t key[BOOK_KEY])
{
	key[0] = h->protocol;
	addr_key(&h->ours, key + 1);
	addr_key(&h->peer, key + 1 + BOOK_ADDR);
}

static struct prefix network_of(const struct prefix *whom)
{
	struct prefix p = { .base.family = whom->base.family, .bits = whom->bits };

	for (unsigned i = 0; i < whom->bits; i++)
		p.base.ip[i / 8] = (uint8_t)(p.base.ip[i / 8] | (whom->base.ip[i / 8] & 0x80 >> i % 8));
	return p;
}

/* The length has the place of the port. */
static void ban_key(const struct prefix *network, uint8_t key[BOOK_ADDR])
{
	struct addr a = network->base;

	a.port = network->bits;
	addr_key(&a, key);
}

int book_init(struct book *b, const struct hash_key *key)
{
	*b = (struct book){ 0 };
	if (table_init(&b->by_id, BOOK_HOLES_MAX, key) == 0 && table_init(&b->by_key, BOOK_HOLES_MAX, key) == 0 &&
	    table_init(&b->bans, BOOK_BANS_MAX, key) == 0)
		return 0;
	book_fini(b);
	return -1;
}

static void free_all(struct table *t)
{
	uint32_t pos = 0;
	void *p;

	while (t->slot && (p = table_next(t, &pos)))
		free(p);
	table_fini(t);
}

void book_fini(struct book *b)
{
	table_fini(&b->by_key);
	free_all(&b->by_id);
	free_all(&b->bans);
}

uint32_t book_instance(struct span name)
{
	static const struct hash_key none; /* the same in each run: it is kept in the kernel */

	return (uint32_t)siphash(&none, name.p, name.n);
}

struct hole *book_hole(const struct book *b, uint32_t instance, uint64_t id)
{
	uint8_t key[BOOK_ID];

	id_key(instance, id, key);
	return table_find(&b->by_id, span_of(key, sizeof(key)));
}

struct hole *book_hole_like(const struct book *b, const struct firewall_hole *h)
{
	uint8_t key[BOOK_KEY];

	hole_key(h, key);
	return table_find(&b->by_key, span_of(key, sizeof(key)));
}

struct hole *book_add(struct book *b, const struct firewall_hole *h, uint32_t instance, uint64_t now)
{
	struct hole *hole = b->by_id.count < BOOK_HOLES_MAX ? calloc(1, sizeof(*hole)) : NULL;

	if (!hole)
		return NULL;
	hole->said = *h;
	hole->said.owner = (struct span){ 0 };
	hole->owner_n = (uint8_t)h->owner.n;
	if (h->owner.n)
		memcpy(hole->owner, h->owner.p, h->owner.n);
	hole->instance = instance;
	hole->ends_ms = h->lifetime_s ? now + 1000ull * h->lifetime_s : 0;
	hole->left_s = h->idle_s;
	hole->confirmed = true;
	id_key(instance, h->id, hole->id);
	hole_key(h, hole->key);
	if (table_add(&b->by_id, span_of(hole->id, sizeof(hole->id)), hole) == 0) {
		if (table_add(&b->by_key, span_of(hole->key, sizeof(hole->key)), hole) == 0)
			return hole;
		table_del(&b->by_id, span_of(hole->id, sizeof(hole->id)));
	}
	free(hole);
	return NULL;
}

void book_remove(struct book *b, struct hole *h)
{
	table_del(&b->by_id, span_of(h->id, sizeof(h->id)));
	table_del(&b->by_key, span_of(h->key, sizeof(h->key)));
	free(h);
}

struct ban *book_ban(const struct book *b, const struct prefix *whom)
{
	struct prefix network = network_of(whom);
	uint8_t key[BOOK_ADDR];

	ban_key(&network, key);
	return table_find(&b->bans, span_of(key, sizeof(key)));
}

struct ban *book_ban_add(struct book *b, const struct prefix *whom, uint64_t ends_ms)
{
	struct ban *ban = book_ban(b, whom);

	if (!ban) {
		ban = b->bans.count < BOOK_BANS_MAX ? calloc(1, sizeof(*ban)) : NULL;
		if (!ban)
			return NULL;
		ban->whom = network_of(whom);
		ban_key(&ban->whom, ban->key);
		if (table_add(&b->bans, span_of(ban->key, sizeof(ban->key)), ban)) {
			free(ban);
			return NULL;
		}
	}
	ban->ends_ms = ends_ms;
	return ban;
}

void book_ban_remove(struct book *b, struct ban *ban)
{
	table_del(&b->bans, span_of(ban->key, sizeof(ban->key)));
	free(ban);
}

void book_bans_expire(struct book *b, uint64_t now)
{
	enum { AT_ONCE = 4096 /* what is left is for the next time */ };
	struct ban *over[AT_ONCE], *ban;
	uint32_t pos = 0;
	unsigned n = 0;

	while (n < AT_ONCE && (ban = table_next(&b->bans, &pos)))
		if (ban->ends_ms <= now)
			over[n++] = ban;
	while (n)
		book_ban_remove(b, over[--n]);
}

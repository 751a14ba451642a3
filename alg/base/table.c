/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/base/table.h"

#include <stdlib.h>
#include <sys/mman.h>

/* Each look into a large table is at another page: with pages of this size the processor finds them all without a walk
 * of its own. Where the kernel has none to give, nothing is lost. */
enum { HUGE_PAGE = 2 << 20 };

/* Uncleared. */
static struct table_slot *room(uint64_t bytes)
{
	struct table_slot *slot;

	if (bytes < HUGE_PAGE)
		return malloc(bytes);
	slot = aligned_alloc(HUGE_PAGE, bytes);
	if (slot)
		(void)madvise(slot, bytes, MADV_HUGEPAGE);
	return slot;
}

int table_init(struct table *t, uint32_t capacity, const struct hash_key *key)
{
	struct table_slot *slot;
	uint64_t slots = 2;

	while (slots < 2 * (uint64_t)capacity)
		slots *= 2;
	slot = room(slots * sizeof(*slot));
	if (!slot)
		return -1;
	explicit_bzero(slot, slots * sizeof(*slot)); /* its pages now, not entry by entry */
	*t = (struct table){ .slot = slot, .mask = (uint32_t)(slots - 1), .capacity = capacity, .hashed = !key };
	if (key)
		t->key = *key;
	return 0;
}

void table_fini(struct table *t)
{
	free(t->slot);
	*t = (struct table){ 0 };
}

uint64_t table_hash(const struct table *t, struct span key)
{
	uint64_t hash;

	if (!t->hashed || key.n < sizeof(hash))
		return siphash(&t->key, key.p, key.n);
	memcpy(&hash, key.p, sizeof(hash));
	return hash;
}

/* Where key is, or the empty slot where it would go. There always is an empty one: half of them are. */
static uint32_t slot_of(const struct table *t, struct span key, uint64_t hash)
{
	uint32_t at = (uint32_t)hash & t->mask;

	while (t->slot[at].value && (t->slot[at].hash != hash || !span_eq(t->slot[at].key, key)))
		at = (at + 1) & t->mask;
	return at;
}

void *table_find(const struct table *t, struct span key)
{
	return t->count ? table_find_hashed(t, key, table_hash(t, key)) : NULL;
}

void *table_find_hashed(const struct table *t, struct span key, uint64_t hash)
{
	return t->count ? t->slot[slot_of(t, key, hash)].value : NULL;
}

int table_add(struct table *t, struct span key, void *value)
{
	return t->count < t->capacity ? table_add_hashed(t, key, table_hash(t, key), value) : -1;
}

int table_add_hashed(struct table *t, struct span key, uint64_t hash, void *value)
{
	struct table_slot *slot;

	if (t->count >= t->capacity)
		return -1;
	slot = &t->slot[slot_of(t, key, hash)];
	if (slot->value)
		return -1;
	*slot = (struct table_slot){ .hash = hash, .key = key, .value = value };
	t->count++;
	return 0;
}

int table_grow(struct table *t, uint32_t capacity)
{
	struct table wider;

	if (capacity <= t->capacity)
		return 0;
	if (table_init(&wider, capacity, t->hashed ? NULL : &t->key))
		return -1;
	for (uint32_t i = 0; i <= t->mask; i++)
		if (t->slot[i].value)
			wider.slot[slot_of(&wider, t->slot[i].key, t->slot[i].hash)] = t->slot[i];
	wider.count = t->count;
	free(t->slot);
	*t = wider;
	return 0;
}

/* Empties the slot and moves back those behind it that would no longer be found past the gap. */
static void close_gap(struct table *t, uint32_t gap)
{
	for (uint32_t at = (gap + 1) & t->mask; t->slot[at].value; at = (at + 1) & t->mask) {
		uint32_t home = (uint32_t)t->slot[at].hash & t->mask;

		if (((at - home) & t->mask) >= ((at - gap) & t->mask)) {
			t->slot[gap] = t->slot[at];
			gap = at;
		}
	}
	t->slot[gap] = (struct table_slot){ 0 };
}

void *table_del(struct table *t, struct span key)
{
	uint32_t at;
	void *value;

	if (t->count == 0)
		return NULL;
	at = slot_of(t, key, table_hash(t, key));
	value = t->slot[at].value;
	if (!value)
		return NULL;
	close_gap(t, at);
	t->count--;
	return value;
}

void *table_next(const struct table *t, uint32_t *pos)
{
	if (t->count == 0)
		return NULL;
	/* The last position would wrap to 0 in a table of 2^32 slots: such a table is not allowed for (192 GiB). */
	while (*pos <= t->mask) {
		void *value = t->slot[(*pos)++].value;

		if (value)
			return value;
	}
	return NULL;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/base/table.h"

#include <stdlib.h>
#include <sys/mman.h>

/* Each look into a large table is at another page: with pages of this size the processor finds them all without a walk
 * of its own. Where the kernel has none to give, nothing is lost. */
enum { HUGE_PAGE = 2 << 20 };

static uint64_t bytes_of(uint64_t slots, uint32_t capacity)
{
	return slots * sizeof(struct table_slot) + (uint64_t)capacity * sizeof(struct table_entry);
}

/* Uncleared. */
static void *room(uint64_t bytes)
{
	void *p;

	if (bytes < HUGE_PAGE)
		return malloc(bytes);
	p = aligned_alloc(HUGE_PAGE, bytes);
	if (p)
		(void)madvise(p, bytes, MADV_HUGEPAGE);
	return p;
}

int table_init(struct table *t, uint32_t capacity, const struct hash_key *key)
{
	struct table_slot *slot;
	uint64_t slots = 2;

	while (slots < 2 * (uint64_t)capacity)
		slots *= 2;
	slot = room(bytes_of(slots, capacity));
	if (!slot)
		return -1;
	explicit_bzero(slot, bytes_of(slots, capacity)); /* its pages now, not entry by entry */
	*t = (struct table){
		.slot = slot,
		.entry = (struct table_entry *)(slot + slots),
		.mask = (uint32_t)(slots - 1),
		.capacity = capacity,
		.hashed = !key,
	};
	if (key)
		t->key = *key;
	return 0;
}

void table_clear(struct table *t)
{
	if (t->used)
		memset(t->slot, 0, ((size_t)t->mask + 1) * sizeof(*t->slot));
	t->count = t->used = t->free = 0;
}

size_t table_bytes(const struct table *t)
{
	return t->slot ? bytes_of((uint64_t)t->mask + 1, t->capacity) : 0;
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

static struct table_entry *entry_at(const struct table *t, uint32_t slot)
{
	return &t->entry[t->slot[slot].entry - 1];
}

/* Where key is, or the empty slot where it would go. There always is an empty one: half of them are. */
static uint32_t slot_of(const struct table *t, struct span key, uint64_t hash)
{
	uint32_t at = (uint32_t)hash & t->mask;

	while (t->slot[at].entry && (t->slot[at].hash != (uint32_t)hash || !span_eq(entry_at(t, at)->key, key)))
		at = (at + 1) & t->mask;
	return at;
}

void *table_find(const struct table *t, struct span key)
{
	return t->count ? table_find_hashed(t, key, table_hash(t, key)) : NULL;
}

void *table_find_hashed(const struct table *t, struct span key, uint64_t hash)
{
	uint32_t at;

	if (t->count == 0)
		return NULL;
	at = slot_of(t, key, hash);
	return t->slot[at].entry ? entry_at(t, at)->value : NULL;
}

int table_add(struct table *t, struct span key, void *value)
{
	return t->count < t->capacity ? table_add_hashed(t, key, table_hash(t, key), value) : -1;
}

/* The number of a free place: there is one. */
static uint32_t entry_take(struct table *t)
{
	const uint32_t number = t->free;

	if (number == 0)
		return ++t->used;
	t->free = t->entry[number - 1].key.n;
	return number;
}

static void entry_leave(struct table *t, uint32_t number)
{
	t->entry[number - 1] = (struct table_entry){ .key.n = t->free };
	t->free = number;
}

int table_add_hashed(struct table *t, struct span key, uint64_t hash, void *value)
{
	uint32_t at;

	if (t->count >= t->capacity)
		return -1;
	at = slot_of(t, key, hash);
	if (t->slot[at].entry)
		return -1;
	t->slot[at] = (struct table_slot){ .hash = (uint32_t)hash, .entry = entry_take(t) };
	*entry_at(t, at) = (struct table_entry){ .key = key, .value = value };
	t->count++;
	return 0;
}

/* They are all different: nothing but room is looked for. */
static void slot_put(struct table *t, struct table_slot slot)
{
	uint32_t at = slot.hash & t->mask;

	while (t->slot[at].entry)
		at = (at + 1) & t->mask;
	t->slot[at] = slot;
}

int table_grow(struct table *t, uint32_t capacity)
{
	struct table wider;

	if (capacity <= t->capacity)
		return 0;
	if (table_init(&wider, capacity, t->hashed ? NULL : &t->key))
		return -1;
	for (uint32_t i = 0; i <= t->mask; i++)
		if (t->slot[i].entry)
			slot_put(&wider, t->slot[i]);
	memcpy(wider.entry, t->entry, t->used * sizeof(*t->entry));
	wider.count = t->count;
	wider.used = t->used;
	wider.free = t->free;
	free(t->slot);
	*t = wider;
	return 0;
}

/* Empties the slot and moves back those behind it that would no longer be found past the gap. */
static void close_gap(struct table *t, uint32_t gap)
{
	for (uint32_t at = (gap + 1) & t->mask; t->slot[at].entry; at = (at + 1) & t->mask) {
		uint32_t home = t->slot[at].hash & t->mask;

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
	if (!t->slot[at].entry)
		return NULL;
	value = entry_at(t, at)->value;
	entry_leave(t, t->slot[at].entry);
	close_gap(t, at);
	t->count--;
	return value;
}

void *table_next(const struct table *t, uint32_t *pos)
{
	while (*pos < t->used) {
		void *value = t->entry[(*pos)++].value;

		if (value)
			return value;
	}
	return NULL;
}

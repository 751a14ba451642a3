/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/base/table.h"

#include <stdlib.h>
#include <sys/mman.h>

/* Each look into a large table is at another page: with pages of this size the processor finds them all without a walk
 * of its own. Where the kernel has none to give, nothing is lost. */
enum { HUGE_PAGE = 2 << 20, FIRST_SLOTS = 64 };

static uint64_t slots_for(uint32_t capacity)
{
	uint64_t slots = 2;

	while (slots < 2 * (uint64_t)capacity)
		slots *= 2;
	return slots;
}

static uint64_t bytes_for(uint32_t capacity)
{
	return slots_for(capacity) * sizeof(struct table_slot) + (uint64_t)capacity * sizeof(struct table_entry);
}

/* Uncleared. */
static void *room(uint64_t bytes)
{
	void *p;

	if (bytes < HUGE_PAGE)
		return malloc(bytes);
	bytes = (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE; /* whole ones, as C11 7.22.3.1 has it */
	p = aligned_alloc(HUGE_PAGE, bytes);
	if (p)
		(void)madvise(p, bytes, MADV_HUGEPAGE);
	return p;
}

int table_init(struct table *t, uint32_t capacity, const struct hash_key *key)
{
	const uint64_t slots = slots_for(capacity);
	struct table_slot *slot = room(bytes_for(capacity));

	if (!slot)
		return -1;
	explicit_bzero(slot, bytes_for(capacity)); /* its pages now, not entry by entry */
	*t = (struct table){
		.slot = slot,
		.entry = (struct table_entry *)(slot + slots),
		.mask = (uint32_t)(slots < FIRST_SLOTS ? slots : FIRST_SLOTS) - 1,
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
	return t->slot ? bytes_for(t->capacity) : 0;
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

static bool is_of(const struct table_entry *e, struct span key)
{
	return span_eq(span_of(e->key, e->key_n), key);
}

/* Where key is, or the empty slot where it would go. There always is an empty one: half of them are. */
static uint32_t slot_of(const struct table *t, struct span key, uint64_t hash)
{
	uint32_t at = (uint32_t)hash & t->mask;

	while (t->slot[at].entry && (t->slot[at].hash != (uint32_t)hash || !is_of(entry_at(t, at), key)))
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

/* Uses so many slots from now on: a power of two, of which there is room. */
static void slots_use(struct table *t, uint64_t slots)
{
	t->mask = (uint32_t)(slots - 1);
	memset(t->slot, 0, slots * sizeof(*t->slot));
	for (uint32_t number = 1; number <= t->used; number++) {
		const struct table_entry *e = &t->entry[number - 1];
		uint32_t at = e->hash & t->mask;

		if (!e->value)
			continue;
		while (t->slot[at].entry)
			at = (at + 1) & t->mask;
		t->slot[at] = (struct table_slot){ .hash = e->hash, .entry = number };
	}
}

/* The number of a free place: there is one. */
static uint32_t entry_take(struct table *t)
{
	const uint32_t number = t->free;

	if (number == 0)
		return ++t->used;
	t->free = t->entry[number - 1].key_n;
	return number;
}

static void entry_leave(struct table *t, uint32_t number)
{
	t->entry[number - 1] = (struct table_entry){ .key_n = t->free };
	t->free = number;
}

int table_add_hashed(struct table *t, struct span key, uint64_t hash, void *value)
{
	uint32_t at, number;

	if (t->count >= t->capacity)
		return -1;
	if (t->count > t->mask / 2)
		slots_use(t, 2 * ((uint64_t)t->mask + 1));
	at = slot_of(t, key, hash);
	if (t->slot[at].entry)
		return -1;
	number = entry_take(t);
	t->entry[number - 1] = (struct table_entry){ key.p, key.n, (uint32_t)hash, value };
	t->slot[at] = (struct table_slot){ .hash = (uint32_t)hash, .entry = number };
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
	memcpy(wider.entry, t->entry, t->used * sizeof(*t->entry));
	wider.count = t->count;
	wider.used = t->used;
	wider.free = t->free;
	slots_use(&wider, (uint64_t)t->mask + 1);
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

/* SPDX-License-Identifier: BSD-3-Clause */
/* table.h: a hash table from borrowed keys to objects; its capacity is fixed but for who asks for more. */
#ifndef NATSBC_BASE_TABLE_H
#define NATSBC_BASE_TABLE_H

#include "alg/base/siphash.h"

/* Open addressing with linear probing; deleting shifts back, so there are no tombstones.
 * All memory is taken at start: adding never allocates. A look goes to any of the slots, most of which nobody looked at
 * for long. So they are small, and no more are in use than the most entries so far asked for: they stay in the caches,
 * however large the capacity is. What else there is to an entry lies apart, and the place that was left last is taken
 * first. */
struct table_slot {
	uint32_t hash;  /* the lower half */
	uint32_t entry; /* its number, counted from 1; 0 marks an empty slot */
};

struct table_entry {
	const char *key; /* borrowed from the object: must live and stay as long as the entry */
	uint32_t key_n;  /* of a free place: the number of the next one */
	uint32_t hash;
	void *value; /* NULL: the place is free */
};

struct table {
	struct table_slot *slot;   /* mask + 1 are in use; room for twice the capacity or more, a power of two */
	struct table_entry *entry; /* capacity, behind all slots */
	uint32_t mask, count, capacity;
	uint32_t used; /* entries from here on were never taken */
	uint32_t free; /* the number of the place left last, counted from 1; 0: none was left */
	bool hashed;   /* keys are hashes themselves */
	struct hash_key key;
};

/* Allocates. key: NULL where each key is a keyed hash of at least 8 bytes itself, such as siphash_128() makes: nothing
 * is gained by hashing it again. 0, or -1 without memory. */
int table_init(struct table *t, uint32_t capacity, const struct hash_key *key);
void table_fini(struct table *t);

/* Nothing is in it any more. */
void table_clear(struct table *t);

/* What it has of memory. */
size_t table_bytes(const struct table *t);

/* Room for that many, where there is less. 0, or -1 without memory: all stays as it is. Not during a walk. */
int table_grow(struct table *t, uint32_t capacity);

/* NULL when there is none. */
void *table_find(const struct table *t, struct span key);

/* For who looks into several tables of the same hash key, or twice: table_hash() is good for all of them. */
uint64_t table_hash(const struct table *t, struct span key);
/* Has the slot fetched that will be looked at soon. */
static inline void table_prefetch(const struct table *t, uint64_t hash)
{
	__builtin_prefetch(&t->slot[(uint32_t)hash & t->mask]);
}

void *table_find_hashed(const struct table *t, struct span key, uint64_t hash);
int table_add_hashed(struct table *t, struct span key, uint64_t hash, void *value);

/* 0; -1 when the key is there already or the table is full. value must not be NULL. */
int table_add(struct table *t, struct span key, void *value);

/* The value removed, or NULL. */
void *table_del(struct table *t, struct span key);

/* Walking: start with *pos = 0; NULL at the end. Entries may be deleted meanwhile; one that is added may be met or not.
 */
void *table_next(const struct table *t, uint32_t *pos);

#endif

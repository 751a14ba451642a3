/* SPDX-License-Identifier: BSD-3-Clause */
/* meters.h: what each source has said and done lately: how much, and what of it was wrong. So many sources and no more:
 * the one that was quiet for longest gives way. */
#ifndef NATSBC_SBC_METERS_H
#define NATSBC_SBC_METERS_H

#include "sbc/guard/rate.h"

enum {
	METERS_WAYS = 4,
	METERS_FULL = 1000,    /* points: more is not forgiven */
	METERS_MEMORY_S = 600, /* so long until that many are forgotten */
};

struct meter {
	uint64_t name; /* of origin.h; 0: free */
	struct rate rate;
	uint32_t seen_s;
	uint32_t asked_s; /* when the first of these was challenged */
	uint16_t points;  /* METERS_FULL is a ban */
	uint16_t asked;   /* challenges to it that were not answered */
	bool held;        /* of a user: no more of its passwords are tried */
};

_Static_assert(sizeof(struct meter) == 32, "a bucket is two lines");

struct meters {
	struct meter *meter;
	uint32_t mask; /* of buckets */
};

/* 0, or -1 without memory. */
int meters_init(struct meters *m, uint32_t capacity);
void meters_fini(struct meters *m);

/* Its meter; what it did long ago is forgotten. now: ms. */
struct meter *meters_get(struct meters *m, uint64_t name, uint64_t now);

/* It will be asked for. */
static inline void meters_prefetch(const struct meters *m, uint64_t name)
{
	const struct meter *bucket = &m->meter[((uint32_t)name & m->mask) * METERS_WAYS];

	__builtin_prefetch(bucket);
	__builtin_prefetch(bucket + METERS_WAYS / 2);
}

/* The same where there is one already; NULL: none. */
struct meter *meters_find(const struct meters *m, uint64_t name);

/* It did something wrong. True: that was too much; it begins anew. */
bool meter_add(struct meter *m, uint32_t points);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* tally.h: how many of something each name has, for limits. */
#ifndef NATSBC_SBC_TALLY_H
#define NATSBC_SBC_TALLY_H

#include "alg/base/table.h"

struct tally {
	struct table names;
};

/* For so many names at once. 0 or -1. */
int tally_init(struct tally *t, uint32_t capacity, const struct hash_key *key);
void tally_fini(struct tally *t);

/* One more. 0, or -1 without memory or room: it is not counted then. */
int tally_add(struct tally *t, struct span name);

/* One less; a name that is not counted stays so. */
void tally_drop(struct tally *t, struct span name);

uint32_t tally_of(const struct tally *t, struct span name);

#endif

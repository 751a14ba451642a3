/* SPDX-License-Identifier: BSD-3-Clause */
/* paces.h: the pace of each of many names; those that are idle are forgotten. */
#ifndef NATSBC_SBC_PACES_H
#define NATSBC_SBC_PACES_H

#include "alg/base/table.h"
#include "sbc/pace.h"

struct paces_name;

struct paces {
	struct table names;
	struct paces_name *oldest, *newest; /* in the order to look whether they are idle */
};

/* For so many names within one second. 0 or -1. */
int paces_init(struct paces *p, uint32_t capacity, const struct hash_key *key);
void paces_fini(struct paces *p);

/* As for one pace. */
bool paces_allow(const struct paces *p, struct span name, uint32_t per_s, uint64_t now);

/* Where there is no memory or room for a name, it has no pace. */
void paces_take(struct paces *p, struct span name, uint32_t per_s, uint64_t now);

/* How many are not forgotten. */
uint32_t paces_count(const struct paces *p);

#endif

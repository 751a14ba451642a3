/* SPDX-License-Identifier: BSD-3-Clause */
/* rates.h: the rate of each of many names; those that are idle are forgotten. */
#ifndef NATSBC_SBC_RATES_H
#define NATSBC_SBC_RATES_H

#include "alg/base/table.h"
#include "sbc/guard/rate.h"

struct rates_name;

struct rates {
	struct table names;
	struct rates_name *oldest, *newest; /* in the order to look whether they are idle */
};

/* For so many names within one second. 0 or -1. */
int rates_init(struct rates *p, uint32_t capacity, const struct hash_key *key);
void rates_fini(struct rates *p);

/* As for one rate. */
bool rates_allow(const struct rates *p, struct span name, uint32_t per_s, uint64_t now);

/* Where there is no memory or room for a name, it has no rate. */
void rates_take(struct rates *p, struct span name, uint32_t per_s, uint64_t now);

/* How many are not forgotten. */
uint32_t rates_count(const struct rates *p);

#endif

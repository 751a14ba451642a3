/* SPDX-License-Identifier: BSD-3-Clause */
/* sites.h: how many phones are registered from each host, and over each flow. */
#ifndef NATSBC_SBC_SITES_H
#define NATSBC_SBC_SITES_H

#include "sbc/guard/origin.h"

struct site {
	uint64_t name; /* of origin.h; 0: free */
	uint32_t count;
};

struct sites {
	const struct hash_key *key;
	struct site *slot;
	uint32_t mask;
	/* By the number of the binding: where it was counted. */
	struct sites_place {
		uint64_t host, flow;
	} * of;
};

/* For so many bindings. key is borrowed. 0, or -1 without memory. */
int sites_init(struct sites *s, uint32_t capacity, const struct hash_key *key);
void sites_fini(struct sites *s);

/* The binding of that number is there now, wherever it was before. */
void sites_put(struct sites *s, uint32_t number, const struct flow *at);

/* It is no more. */
void sites_drop(struct sites *s, uint32_t number);

/* How many are registered from that host, or over that flow. */
uint32_t sites_count(const struct sites *s, uint64_t name);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* trunksources.h: whose address is that? The trunk that requests from there are of. */
#ifndef NATSBC_SBC_TRUNKSOURCES_H
#define NATSBC_SBC_TRUNKSOURCES_H

#include "sbc/base/flow.h"

struct trunk_source {
	uint8_t realm, family, ip[16];
	bool secure; /* the trunk speaks TLS alone */
	uint16_t trunk;
};

/* All zero: none. Asked for each message of a stranger, and told seldom. */
struct trunksources {
	struct trunk_source *list;
	uint32_t n;
	uint32_t *slot; /* place in the list + 1; 0: free */
	unsigned shift; /* of hashes, to slots */
};

/* Room for `most`, and none in it. 0, or -1 without memory. */
int trunksources_init(struct trunksources *s, uint32_t most);
void trunksources_fini(struct trunksources *s);

/* Of those that are alike the first stays. */
void trunksources_add(struct trunksources *s, const struct trunk_source *one);

/* The trunk, or -1. */
int trunksources_find(const struct trunksources *s, const struct flow *from, bool secure);

/* One of them is within that network. */
bool trunksources_is_within(const struct trunksources *s, const struct prefix *network);

#endif

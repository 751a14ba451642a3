/* SPDX-License-Identifier: BSD-3-Clause */
/* barred.h: who is banned, as the workers see it: control writes while they look. Where no kernel program stands before
 * an interface (a device of DPDK's) nobody else keeps the banned off. */
#ifndef NATSBC_RTPPROXY_BARRED_H
#define NATSBC_RTPPROXY_BARRED_H

#include "alg/base/addr.h"
#include "alg/base/siphash.h"

enum { BARRED_LENGTHS = 3 /* words of 64: a prefix has up to 128 bits */ };

struct barred {
	struct hash_key key;
	uint64_t *slot; /* names of prefixes; 0: free */
	uint32_t mask;
	uint32_t count;
	uint64_t lengths[2][BARRED_LENGTHS]; /* IPv4, IPv6: a bit for each length that one of them has */
	uint32_t of_length[2][129];          /* control's own */
};

/* Room for that many. 0, or -1 without memory. */
int barred_init(struct barred *b, uint32_t capacity, const struct hash_key *key);
void barred_fini(struct barred *b);

/* Control's. whom: without bits beyond it, as banned_whom() makes it. Again is no mistake. 0; -1: no room. */
int barred_put(struct barred *b, const struct prefix *whom);
void barred_drop(struct barred *b, const struct prefix *whom);

bool barred_search(const struct barred *b, const struct addr *source);

/* From any thread. What is dropped just now may make another one be missed for a moment. */
static inline bool barred_has(const struct barred *b, const struct addr *source)
{
	return __atomic_load_n(&b->count, __ATOMIC_RELAXED) && barred_search(b, source);
}

#endif

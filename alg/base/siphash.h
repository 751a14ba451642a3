/* SPDX-License-Identifier: BSD-3-Clause */
/* siphash.h: SipHash-2-4, the keyed hash for tables whose keys a stranger chooses. */
#ifndef NATSBC_BASE_SIPHASH_H
#define NATSBC_BASE_SIPHASH_H

#include "alg/base/span.h"

struct hash_key {
	uint64_t k0, k1; /* from the system's random source, once per process */
};

uint64_t siphash(const struct hash_key *key, const void *data, uint32_t n);

/* The same with 128 bits, in one pass: for names that stand for what was hashed. */
void siphash_128(const struct hash_key *key, const void *data, uint32_t n, uint64_t out[2]);

#endif

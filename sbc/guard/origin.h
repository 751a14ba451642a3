/* SPDX-License-Identifier: BSD-3-Clause */
/* origin.h: who sends, as a keyed hash of 64 bits: a host, one flow of it, or one user behind it. */
#ifndef NATSBC_SBC_ORIGIN_H
#define NATSBC_SBC_ORIGIN_H

#include "alg/base/siphash.h"
#include "sbc/base/flow.h"

/* One subscriber: an IPv4 address, or the first 64 bits of an IPv6 one. */
struct prefix origin_prefix(const struct addr *a);

/* Never 0. What a stranger chooses can't be made to collide: the key is random. host: the name of the flow's peer. */
uint64_t origin_host(const struct hash_key *key, const struct addr *a);
uint64_t origin_flow(uint64_t host, const struct flow *f);
uint64_t origin_user(const struct hash_key *key, const struct addr *a, struct span user);

#endif

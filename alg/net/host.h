/* SPDX-License-Identifier: BSD-3-Clause */
/* host.h: an IP address in two words, for comparing and summing at packet speed. */
#ifndef NATSBC_NET_HOST_H
#define NATSBC_NET_HOST_H

#include "alg/base/addr.h"
#include "alg/net/checksum.h"

/* The same bytes as struct addr's: network order, IPv4 in the first four, the rest zero. */
struct host {
	uint64_t word[2];
};

static inline struct host host_of(const struct addr *a)
{
	struct host h;

	memcpy(&h, a->ip, sizeof(h));
	return h;
}

static inline struct host host_v4(const uint8_t bytes[4])
{
	struct host h = { { 0, 0 } };

	memcpy(&h, bytes, 4);
	return h;
}

static inline struct host host_v6(const uint8_t bytes[16])
{
	struct host h;

	memcpy(&h, bytes, sizeof(h));
	return h;
}

static inline bool host_eq(const struct host *a, const struct host *b)
{
	return ((a->word[0] ^ b->word[0]) | (a->word[1] ^ b->word[1])) == 0;
}

/* An IPv4 address as it lies in memory. */
static inline uint32_t host_v4_word(const struct host *h)
{
	uint32_t word;

	memcpy(&word, h, 4);
	return word;
}

/* port in network order, as packets have it. */
static inline struct addr host_addr(const struct host *h, uint8_t family, uint16_t port_be)
{
	struct addr a = { .port = __builtin_bswap16(port_be), .family = family };

	memcpy(a.ip, h, sizeof(a.ip));
	return a;
}

static inline uint64_t host_sum(const struct host *h)
{
	return (h->word[0] & 0xffffffff) + (h->word[0] >> 32) + (h->word[1] & 0xffffffff) + (h->word[1] >> 32);
}

#endif

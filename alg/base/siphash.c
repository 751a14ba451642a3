/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/base/siphash.h"

#include <endian.h>
#include <string.h>

struct state {
	uint64_t v0, v1, v2, v3;
};

static inline uint64_t rotate(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

static inline void mix(struct state *s)
{
	s->v0 += s->v1;
	s->v2 += s->v3;
	s->v1 = rotate(s->v1, 13) ^ s->v0;
	s->v3 = rotate(s->v3, 16) ^ s->v2;
	s->v0 = rotate(s->v0, 32);
	s->v2 += s->v1;
	s->v0 += s->v3;
	s->v1 = rotate(s->v1, 17) ^ s->v2;
	s->v3 = rotate(s->v3, 21) ^ s->v0;
	s->v2 = rotate(s->v2, 32);
}

/* 8 bytes, the first one lowest, whatever the machine's byte order. */
static inline uint64_t word_at(const uint8_t *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return le64toh(word);
}

/* The same of the n < 8 bytes that are left of all. */
static inline uint64_t rest_at(const uint8_t *p, uint32_t n, uint32_t all)
{
	uint64_t word = 0;

	if (n && all >= sizeof(word))
		return word_at(p + n - sizeof(word)) >> 8 * (sizeof(word) - n);
	for (uint32_t i = 0; i < n; i++)
		word |= (uint64_t)p[i] << 8 * i;
	return word;
}

static inline void absorb(struct state *s, uint64_t word)
{
	s->v3 ^= word;
	mix(s);
	mix(s);
	s->v0 ^= word;
}

static inline struct state begin(const struct hash_key *key)
{
	/* The constants spell "somepseudorandomlygeneratedbytes": part of the algorithm. */
	return (struct state){
		.v0 = key->k0 ^ 0x736f6d6570736575,
		.v1 = key->k1 ^ 0x646f72616e646f6d,
		.v2 = key->k0 ^ 0x6c7967656e657261,
		.v3 = key->k1 ^ 0x7465646279746573,
	};
}

static inline void absorb_all(struct state *s, const uint8_t *p, uint32_t n)
{
	uint32_t left = n;

	for (; left >= 8; left -= 8, p += 8)
		absorb(s, word_at(p));
	absorb(s, (uint64_t)n << 56 | rest_at(p, left, n));
}

static inline uint64_t squeeze(struct state *s)
{
	mix(s);
	mix(s);
	mix(s);
	mix(s);
	return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

uint64_t siphash(const struct hash_key *key, const void *data, uint32_t n)
{
	struct state s = begin(key);

	absorb_all(&s, data, n);
	s.v2 ^= 0xff;
	return squeeze(&s);
}

void siphash_128(const struct hash_key *key, const void *data, uint32_t n, uint64_t out[2])
{
	struct state s = begin(key);

	s.v1 ^= 0xee;
	absorb_all(&s, data, n);
	s.v2 ^= 0xee;
	out[0] = squeeze(&s);
	s.v1 ^= 0xdd;
	out[1] = squeeze(&s);
}

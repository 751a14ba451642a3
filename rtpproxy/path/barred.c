/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/barred.h"

#include <stdlib.h>

static uint64_t load(const uint64_t *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

static void store(uint64_t *p, uint64_t value)
{
	__atomic_store_n(p, value, __ATOMIC_RELAXED);
}

int barred_init(struct barred *b, uint32_t capacity, const struct hash_key *key)
{
	uint32_t slots = 4;

	/* Half of them stay free: a search ends. */
	while (slots < 2 * (uint64_t)capacity && slots < 1U << 31)
		slots *= 2;
	*b = (struct barred){ .key = *key, .mask = slots - 1, .slot = calloc(slots, sizeof(*b->slot)) };
	return b->slot ? 0 : -1;
}

void barred_fini(struct barred *b)
{
	free(b->slot);
	*b = (struct barred){ 0 };
}

static uint64_t name_of(const struct barred *b, const uint8_t ip[16], uint8_t family, unsigned bits)
{
	uint8_t text[24] = { 0 };
	uint64_t h;

	memcpy(text, ip, 16);
	text[16] = family;
	text[17] = (uint8_t)bits;
	h = siphash(&b->key, text, sizeof(text));
	return h ? h : 1;
}

/* Where it is, or would be. */
static uint32_t find(const struct barred *b, uint64_t name)
{
	uint32_t at = (uint32_t)name & b->mask;

	for (uint64_t is = load(&b->slot[at]); is && is != name; is = load(&b->slot[at]))
		at = (at + 1) & b->mask;
	return at;
}

static void count_length(struct barred *b, const struct prefix *whom, int more)
{
	const unsigned family = whom->base.family == ADDR_V6;
	uint32_t *n = &b->of_length[family][whom->bits];
	uint64_t *word = &b->lengths[family][whom->bits / 64];
	const uint64_t bit = UINT64_C(1) << whom->bits % 64;

	*n += (uint32_t)more;
	store(word, *n ? *word | bit : *word & ~bit);
	__atomic_store_n(&b->count, b->count + (uint32_t)more, __ATOMIC_RELAXED);
}

int barred_put(struct barred *b, const struct prefix *whom)
{
	const uint64_t name = name_of(b, whom->base.ip, whom->base.family, whom->bits);
	const uint32_t at = find(b, name);

	if (b->slot[at])
		return 0;
	if (b->count > b->mask / 2)
		return -1;
	store(&b->slot[at], name);
	count_length(b, whom, 1);
	return 0;
}

/* What stands behind moves up, so that no search ends before it. */
static void close_gap(struct barred *b, uint32_t gap)
{
	for (uint32_t at = (gap + 1) & b->mask; b->slot[at]; at = (at + 1) & b->mask) {
		const uint32_t home = (uint32_t)b->slot[at] & b->mask;

		if (((at - home) & b->mask) < ((at - gap) & b->mask))
			continue;
		store(&b->slot[gap], b->slot[at]);
		gap = at;
	}
	store(&b->slot[gap], 0);
}

void barred_drop(struct barred *b, const struct prefix *whom)
{
	const uint32_t at = find(b, name_of(b, whom->base.ip, whom->base.family, whom->bits));

	if (!b->slot[at])
		return;
	close_gap(b, at);
	count_length(b, whom, -1);
}

static bool is_in(const struct barred *b, const struct addr *source, unsigned bits)
{
	uint8_t ip[16] = { 0 };
	uint64_t name;

	memcpy(ip, source->ip, (bits + 7) / 8);
	if (bits % 8)
		ip[bits / 8] &= (uint8_t)(0xff00 >> bits % 8);
	name = name_of(b, ip, source->family, bits);
	/* What was free when the search ended there may be another's by now. */
	return load(&b->slot[find(b, name)]) == name;
}

/* A look for each length that there is: mostly one. */
bool barred_search(const struct barred *b, const struct addr *source)
{
	for (unsigned i = 0; i < BARRED_LENGTHS; i++)
		for (uint64_t left = load(&b->lengths[source->family == ADDR_V6][i]); left; left &= left - 1)
			if (is_in(b, source, 64 * i + (unsigned)__builtin_ctzll(left)))
				return true;
	return false;
}

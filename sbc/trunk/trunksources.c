/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/trunk/trunksources.h"

#include <stdlib.h>

/* Three of four slots stay free: most strangers meet one of these, and are none then. */
enum { SLOTS_FOR_EACH = 4, BITS_LEAST = 4 };

int trunksources_init(struct trunksources *s, uint32_t most)
{
	unsigned bits = BITS_LEAST;

	while ((uint64_t)1 << bits < (uint64_t)most * SLOTS_FOR_EACH)
		bits++;
	*s = (struct trunksources){ .shift = 64 - bits };
	s->list = calloc(most ? most : 1, sizeof(*s->list));
	s->slot = calloc((size_t)1 << bits, sizeof(*s->slot));
	if (s->list && s->slot)
		return 0;
	trunksources_fini(s);
	return -1;
}

void trunksources_fini(struct trunksources *s)
{
	free(s->list);
	free(s->slot);
	*s = (struct trunksources){ 0 };
}

static bool is_same(const struct trunk_source *a, const struct trunk_source *b)
{
	return a->realm == b->realm && a->family == b->family && a->secure == b->secure &&
	       memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

/* Without a key: what is in here our own configuration has chosen, and runs are as short as it makes them. */
static uint32_t *slot_of(const struct trunksources *s, const struct trunk_source *one)
{
	uint32_t last = (uint32_t)(UINT64_MAX >> s->shift), at;
	uint64_t word[2];

	memcpy(word, one->ip, sizeof(word));
	word[0] ^= (word[1] << 32 | word[1] >> 32) ^ (uint64_t)one->realm << 40 ^ (uint64_t)one->secure << 48;
	at = (uint32_t)(word[0] * UINT64_C(0x9e3779b97f4a7c15) >> s->shift);
	while (s->slot[at] && !is_same(&s->list[s->slot[at] - 1], one))
		at = (at + 1) & last;
	return &s->slot[at];
}

void trunksources_add(struct trunksources *s, const struct trunk_source *one)
{
	uint32_t *slot = slot_of(s, one);

	if (*slot)
		return;
	s->list[s->n] = *one;
	*slot = ++s->n;
}

int trunksources_find(const struct trunksources *s, const struct flow *from, bool secure)
{
	struct trunk_source one = { .realm = from->realm, .family = from->peer.family, .secure = secure };
	uint32_t at;

	if (s->n == 0)
		return -1;
	memcpy(one.ip, from->peer.ip, sizeof(one.ip));
	at = *slot_of(s, &one);
	return at ? s->list[at - 1].trunk : -1;
}

bool trunksources_is_within(const struct trunksources *s, const struct prefix *network)
{
	for (uint32_t i = 0; i < s->n; i++) {
		struct addr a = { .family = s->list[i].family };

		memcpy(a.ip, s->list[i].ip, sizeof(a.ip));
		if (prefix_has(network, &a))
			return true;
	}
	return false;
}

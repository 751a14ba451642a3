/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/guard/sites.h"

#include <stdlib.h>

int sites_init(struct sites *s, uint32_t capacity, const struct hash_key *key)
{
	uint32_t slots = 4;

	/* Two names for each, and half of it free: runs stay short. */
	while (slots < 4 * (uint64_t)capacity && slots < 1U << 31)
		slots *= 2;
	*s = (struct sites){ .key = key, .mask = slots - 1 };
	s->slot = calloc(slots, sizeof(*s->slot));
	s->of = calloc(capacity ? capacity : 1, sizeof(*s->of));
	if (s->slot && s->of)
		return 0;
	sites_fini(s);
	return -1;
}

void sites_fini(struct sites *s)
{
	free(s->slot);
	free(s->of);
	s->slot = NULL;
	s->of = NULL;
}

/* Where it is, or would be. */
static uint32_t find(const struct sites *s, uint64_t name)
{
	uint32_t at = (uint32_t)name & s->mask;

	while (s->slot[at].name && s->slot[at].name != name)
		at = (at + 1) & s->mask;
	return at;
}

static void add(struct sites *s, uint64_t name)
{
	struct site *site = &s->slot[find(s, name)];

	site->name = name;
	site->count++;
}

/* What stands behind moves up, so that no search ends before it. */
static void close_gap(struct sites *s, uint32_t gap)
{
	for (uint32_t at = (gap + 1) & s->mask; s->slot[at].name; at = (at + 1) & s->mask) {
		uint32_t home = (uint32_t)s->slot[at].name & s->mask;

		if (((at - home) & s->mask) < ((at - gap) & s->mask))
			continue;
		s->slot[gap] = s->slot[at];
		gap = at;
	}
	s->slot[gap] = (struct site){ 0 };
}

static void take(struct sites *s, uint64_t name)
{
	uint32_t at = find(s, name);

	if (s->slot[at].name && --s->slot[at].count == 0)
		close_gap(s, at);
}

void sites_put(struct sites *s, uint32_t number, const struct flow *at)
{
	struct sites_place now = { .host = origin_host(s->key, &at->peer) };

	now.flow = origin_flow(now.host, at);
	if (now.host == s->of[number].host && now.flow == s->of[number].flow)
		return;
	sites_drop(s, number);
	s->of[number] = now;
	add(s, now.host);
	add(s, now.flow);
}

void sites_drop(struct sites *s, uint32_t number)
{
	struct sites_place was = s->of[number];

	if (!was.host)
		return;
	s->of[number] = (struct sites_place){ 0 };
	take(s, was.host);
	take(s, was.flow);
}

uint32_t sites_count(const struct sites *s, uint64_t name)
{
	return s->slot[find(s, name)].count;
}

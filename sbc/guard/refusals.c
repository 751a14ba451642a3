/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/guard/refusals.h"

#include <stdlib.h>

int refusals_init(struct refusals *r)
{
	r->of = calloc(REFUSALS_MAX, sizeof(*r->of));
	return r->of ? 0 : -1;
}

void refusals_fini(struct refusals *r)
{
	free(r->of);
	r->of = NULL;
}

/* A host's name is a secret number: so is this. */
static uint64_t name_of(uint64_t host, enum refusal why)
{
	uint64_t name = host + ((uint64_t)why + 1) * UINT64_C(0x9e3779b97f4a7c15);

	return name ? name : 1;
}

static struct refusal_count *bucket(const struct refusals *r, uint64_t name)
{
	return &r->of[name % (REFUSALS_MAX / REFUSALS_WAYS) * REFUSALS_WAYS];
}

static struct refusal_count *find(const struct refusals *r, uint64_t name)
{
	struct refusal_count *b = bucket(r, name);

	for (unsigned i = 0; i < REFUSALS_WAYS; i++)
		if (b[i].name == name)
			return &b[i];
	return NULL;
}

static struct refusal_count *oldest(const struct refusals *r, uint64_t name)
{
	struct refusal_count *b = bucket(r, name), *found = b;

	for (unsigned i = 1; i < REFUSALS_WAYS; i++)
		if (b[i].last < found->last)
			found = &b[i];
	return found;
}

bool refusals_note(struct refusals *r, uint64_t host, enum refusal why, uint32_t limit, uint64_t now)
{
	uint64_t name = name_of(host, why);
	struct refusal_count *c = find(r, name);
	bool first;

	if (!c)
		c = oldest(r, name);
	first = c->name != name || now - c->last > REFUSALS_BREAK_MS;
	if (first)
		*c = (struct refusal_count){ .name = name, .since = now };
	c->last = now;
	c->limit = limit;
	if (c->count < UINT32_MAX)
		c->count++;
	return first;
}

void refusals_forget(struct refusals *r, uint64_t host, enum refusal why)
{
	struct refusal_count *c = find(r, name_of(host, why));

	if (c)
		c->count = 0;
}

const struct refusal_count *refusals_find(const struct refusals *r, uint64_t host, enum refusal why, uint64_t now)
{
	const struct refusal_count *c = find(r, name_of(host, why));

	return c && c->count && now - c->last <= REFUSALS_MEMORY_MS ? c : NULL;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/guard/rates.h"

#include <stdlib.h>

struct rates_name {
	struct rates_name *newer;
	struct rate rate;
	uint32_t n;
	char p[];
};

static struct span key_of(const struct rates_name *name)
{
	return span_of(name->p, name->n);
}

int rates_init(struct rates *p, uint32_t capacity, const struct hash_key *key)
{
	p->oldest = p->newest = NULL;
	return table_init(&p->names, capacity, key);
}

void rates_fini(struct rates *p)
{
	while (p->oldest) {
		struct rates_name *name = p->oldest;

		p->oldest = name->newer;
		free(name);
	}
	p->newest = NULL;
	table_fini(&p->names);
}

static void append(struct rates *p, struct rates_name *name)
{
	name->newer = NULL;
	if (p->newest)
		p->newest->newer = name;
	else
		p->oldest = name;
	p->newest = name;
}

/* The oldest that are idle go; one that is not goes to the end. */
static void sweep(struct rates *p, uint64_t now)
{
	for (unsigned i = 0; i < 2 && p->oldest; i++) {
		struct rates_name *name = p->oldest;

		p->oldest = name->newer;
		if (!p->oldest)
			p->newest = NULL;
		if (!rate_is_idle(&name->rate, now)) {
			append(p, name);
			continue;
		}
		table_del(&p->names, key_of(name));
		free(name);
	}
}

static struct rates_name *add(struct rates *p, struct span s)
{
	struct rates_name *name = malloc(sizeof(*name) + s.n);

	if (!name)
		return NULL;
	name->rate = (struct rate){ 0 };
	name->n = s.n;
	memcpy(name->p, s.p, s.n);
	if (table_add(&p->names, key_of(name), name)) {
		free(name);
		return NULL;
	}
	append(p, name);
	return name;
}

bool rates_allow(const struct rates *p, struct span s, uint32_t per_s, uint64_t now)
{
	const struct rates_name *name = per_s ? table_find(&p->names, s) : NULL;

	return !name || rate_allows(&name->rate, per_s, now);
}

void rates_take(struct rates *p, struct span s, uint32_t per_s, uint64_t now)
{
	struct rates_name *name;

	if (per_s == 0 || s.n == 0)
		return;
	sweep(p, now);
	name = table_find(&p->names, s);
	if (!name)
		name = add(p, s);
	if (name)
		rate_take(&name->rate, per_s, now);
}

uint32_t rates_count(const struct rates *p)
{
	return p->names.count;
}

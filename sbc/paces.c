/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/paces.h"

#include <stdlib.h>

struct paces_name {
	struct paces_name *newer;
	struct pace pace;
	uint32_t n;
	char p[];
};

static struct span key_of(const struct paces_name *name)
{
	return span_of(name->p, name->n);
}

int paces_init(struct paces *p, uint32_t capacity, const struct hash_key *key)
{
	p->oldest = p->newest = NULL;
	return table_init(&p->names, capacity, key);
}

void paces_fini(struct paces *p)
{
	while (p->oldest) {
		struct paces_name *name = p->oldest;

		p->oldest = name->newer;
		free(name);
	}
	p->newest = NULL;
	table_fini(&p->names);
}

static void append(struct paces *p, struct paces_name *name)
{
	name->newer = NULL;
	if (p->newest)
		p->newest->newer = name;
	else
		p->oldest = name;
	p->newest = name;
}

/* The oldest that are idle go; one that is not goes to the end. */
static void sweep(struct paces *p, uint64_t now)
{
	for (unsigned i = 0; i < 2 && p->oldest; i++) {
		struct paces_name *name = p->oldest;

		p->oldest = name->newer;
		if (!p->oldest)
			p->newest = NULL;
		if (!pace_is_idle(&name->pace, now)) {
			append(p, name);
			continue;
		}
		table_del(&p->names, key_of(name));
		free(name);
	}
}

static struct paces_name *add(struct paces *p, struct span s)
{
	struct paces_name *name = malloc(sizeof(*name) + s.n);

	if (!name)
		return NULL;
	name->pace = (struct pace){ 0 };
	name->n = s.n;
	memcpy(name->p, s.p, s.n);
	if (table_add(&p->names, key_of(name), name)) {
		free(name);
		return NULL;
	}
	append(p, name);
	return name;
}

bool paces_allow(const struct paces *p, struct span s, uint32_t per_s, uint64_t now)
{
	const struct paces_name *name = per_s ? table_find(&p->names, s) : NULL;

	return !name || pace_allows(&name->pace, per_s, now);
}

void paces_take(struct paces *p, struct span s, uint32_t per_s, uint64_t now)
{
	struct paces_name *name;

	if (per_s == 0 || s.n == 0)
		return;
	sweep(p, now);
	name = table_find(&p->names, s);
	if (!name)
		name = add(p, s);
	if (name)
		pace_take(&name->pace, per_s, now);
}

uint32_t paces_count(const struct paces *p)
{
	return p->names.count;
}

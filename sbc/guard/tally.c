/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/guard/tally.h"

#include <stdlib.h>

struct tally_name {
	uint32_t count, n;
	char p[];
};

static struct span key_of(const struct tally_name *name)
{
	return span_of(name->p, name->n);
}

int tally_init(struct tally *t, uint32_t capacity, const struct hash_key *key)
{
	return table_init(&t->names, capacity, key);
}

void tally_fini(struct tally *t)
{
	struct tally_name *name;
	uint32_t pos = 0;

	while (t->names.slot && (name = table_next(&t->names, &pos)))
		free(name);
	table_fini(&t->names);
}

int tally_add(struct tally *t, struct span s)
{
	struct tally_name *name = table_find(&t->names, s);

	if (name) {
		name->count++;
		return 0;
	}
	name = malloc(sizeof(*name) + s.n);
	if (!name)
		return -1;
	name->count = 1;
	name->n = s.n;
	memcpy(name->p, s.p, s.n);
	if (table_add(&t->names, key_of(name), name)) {
		free(name);
		return -1;
	}
	return 0;
}

void tally_drop(struct tally *t, struct span s)
{
	struct tally_name *name = table_find(&t->names, s);

	if (!name || --name->count)
		return;
	table_del(&t->names, key_of(name));
	free(name);
}

uint32_t tally_of(const struct tally *t, struct span s)
{
	const struct tally_name *name = table_find(&t->names, s);

	return name ? name->count : 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/base/dedupe.h"

#include <stdlib.h>

struct dedupe_entry {
	struct span answer;
};

static int generation_init(struct dedupe_generation *g, const struct hash_key *key)
{
	char *mem = malloc(DEDUPE_BYTES);

	*g = (struct dedupe_generation){ 0 };
	if (!mem || table_init(&g->table, DEDUPE_ENTRIES, key)) {
		free(mem);
		return -1;
	}
	g->mem = arena_over(mem, DEDUPE_BYTES);
	return 0;
}

static void generation_fini(struct dedupe_generation *g)
{
	table_fini(&g->table);
	free(g->mem.p);
	*g = (struct dedupe_generation){ 0 };
}

int dedupe_init(struct dedupe *d, const struct hash_key *key, uint64_t now)
{
	*d = (struct dedupe){ .turned = now };
	if (generation_init(&d->young, key) == 0 && generation_init(&d->old, key) == 0)
		return 0;
	dedupe_fini(d);
	return -1;
}

void dedupe_fini(struct dedupe *d)
{
	generation_fini(&d->young);
	generation_fini(&d->old);
}

static void generation_clear(struct dedupe_generation *g)
{
	table_clear(&g->table);
	arena_reset(&g->mem);
}

static void dedupe_turn(struct dedupe *d, uint64_t now)
{
	struct dedupe_generation reused = d->old;

	generation_clear(&reused);
	d->old = d->young;
	d->young = reused;
	d->turned = now;
}

/* Both generations go when nothing was asked for so long. */
static void dedupe_age(struct dedupe *d, uint64_t now)
{
	uint64_t age = now - d->turned;

	if (age >= 2 * (uint64_t)DEDUPE_TURN_MS)
		dedupe_turn(d, now);
	if (age >= DEDUPE_TURN_MS)
		dedupe_turn(d, now);
}

/* Source and cookie, the length of the source first so that no two pairs look alike. */
void dedupe_key(const struct dedupe *d, struct span source, struct span cookie, struct dedupe_key *out)
{
	struct writer w = writer_over(out->text, sizeof(out->text));

	writer_byte(&w, (char)source.n);
	writer_put(&w, source);
	writer_put(&w, cookie);
	out->n = w.failed ? 0 : w.n;
	out->hash = table_hash(&d->young.table, span_of(out->text, out->n)); /* both generations hash alike */
	table_prefetch(&d->young.table, out->hash);
	table_prefetch(&d->old.table, out->hash);
}

struct span dedupe_find(struct dedupe *d, const struct dedupe_key *k, uint64_t now)
{
	const struct span text = span_of(k->text, k->n);
	const struct dedupe_entry *e;

	dedupe_age(d, now);
	if (k->n == 0)
		return (struct span){ 0 };
	e = table_find_hashed(&d->young.table, text, k->hash);
	if (!e)
		e = table_find_hashed(&d->old.table, text, k->hash);
	if (!e)
		return (struct span){ 0 };
	d->hits++;
	return e->answer;
}

static int generation_keep(struct dedupe_generation *g, const struct dedupe_key *k, struct span answer)
{
	struct dedupe_entry *e = arena_take(&g->mem, sizeof(*e));
	struct span kept = arena_keep(&g->mem, span_of(k->text, k->n));

	if (!e || !kept.p)
		return -1;
	e->answer = arena_keep(&g->mem, answer);
	return e->answer.p ? table_add_hashed(&g->table, kept, k->hash, e) : -1;
}

void dedupe_keep(struct dedupe *d, const struct dedupe_key *k, struct span answer, uint64_t now)
{
	dedupe_age(d, now);
	if (k->n == 0 || table_find_hashed(&d->young.table, span_of(k->text, k->n), k->hash))
		return;
	if (generation_keep(&d->young, k, answer) == 0)
		return;
	d->forgotten_early++;
	dedupe_turn(d, now);
	generation_keep(&d->young, k, answer);
}

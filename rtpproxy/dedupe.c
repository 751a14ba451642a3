/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/dedupe.h"

#include <stdlib.h>

enum { DEDUPE_KEY_MAX = 512 };

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
	memset(g->table.slot, 0, ((size_t)g->table.mask + 1) * sizeof(*g->table.slot));
	g->table.count = 0;
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
static struct span dedupe_key(char buf[DEDUPE_KEY_MAX], struct span source, struct span cookie)
{
	struct writer w = writer_over(buf, DEDUPE_KEY_MAX);

	writer_byte(&w, (char)source.n);
	writer_put(&w, source);
	writer_put(&w, cookie);
	return writer_done(&w);
}

struct span dedupe_find(struct dedupe *d, struct span source, struct span cookie, uint64_t now)
{
	char buf[DEDUPE_KEY_MAX];
	struct span key = dedupe_key(buf, source, cookie);
	const struct dedupe_entry *e;

	dedupe_age(d, now);
	if (!span_is_set(key))
		return key;
	e = table_find(&d->young.table, key);
	if (!e)
		e = table_find(&d->old.table, key);
	if (!e)
		return (struct span){ 0 };
	d->hits++;
	return e->answer;
}

static int generation_keep(struct dedupe_generation *g, struct span key, struct span answer)
{
	struct dedupe_entry *e = arena_take(&g->mem, sizeof(*e));
	struct span kept = arena_keep(&g->mem, key);

	if (!e || !kept.p)
		return -1;
	e->answer = arena_keep(&g->mem, answer);
	return e->answer.p ? table_add(&g->table, kept, e) : -1;
}

void dedupe_keep(struct dedupe *d, struct span source, struct span cookie, struct span answer, uint64_t now)
{
	char buf[DEDUPE_KEY_MAX];
	struct span key = dedupe_key(buf, source, cookie);

	dedupe_age(d, now);
	if (!span_is_set(key) || table_find(&d->young.table, key))
		return;
	if (generation_keep(&d->young, key, answer) == 0)
		return;
	d->forgotten_early++;
	dedupe_turn(d, now);
	generation_keep(&d->young, key, answer);
}

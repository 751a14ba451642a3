/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/guard/meters.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Each source is at another page: see table.c. */
enum { HUGE_PAGE = 2 << 20, LINE = 64 };

int meters_init(struct meters *m, uint32_t capacity)
{
	uint32_t buckets = 1;
	size_t bytes;

	while (buckets * METERS_WAYS < capacity)
		buckets *= 2;
	m->mask = buckets - 1;
	bytes = (size_t)buckets * METERS_WAYS * sizeof(*m->meter);
	m->meter = aligned_alloc(bytes < HUGE_PAGE ? LINE : HUGE_PAGE, bytes < LINE ? LINE : bytes);
	if (!m->meter)
		return -1;
	if (bytes >= HUGE_PAGE)
		(void)madvise(m->meter, bytes, MADV_HUGEPAGE);
	explicit_bzero(m->meter, bytes);
	return 0;
}

void meters_fini(struct meters *m)
{
	free(m->meter);
	m->meter = NULL;
}

static struct meter *bucket(const struct meters *m, uint64_t name)
{
	return &m->meter[((uint32_t)name & m->mask) * METERS_WAYS];
}

struct meter *meters_find(const struct meters *m, uint64_t name)
{
	struct meter *b = bucket(m, name);

	for (unsigned i = 0; i < METERS_WAYS; i++)
		if (b[i].name == name)
			return &b[i];
	return NULL;
}

/* Whoever did wrong is remembered before others: a flood of new sources can't wash that away. */
static bool gives_way_before(const struct meter *a, const struct meter *b)
{
	if ((a->points > 0) != (b->points > 0))
		return b->points > 0;
	return a->seen_s < b->seen_s;
}

static void forget(struct meter *m, uint32_t now_s)
{
	uint64_t gone = (uint64_t)(now_s - m->seen_s) * METERS_FULL / METERS_MEMORY_S;

	/* Less than a point is kept for later. */
	if (!gone)
		return;
	m->points = (uint16_t)(gone < m->points ? m->points - gone : 0);
	m->seen_s = now_s;
}

struct meter *meters_get(struct meters *m, uint64_t name, uint64_t now)
{
	uint32_t now_s = (uint32_t)(now / 1000);
	struct meter *found = meters_find(m, name), *b = bucket(m, name);

	if (found) {
		forget(found, now_s);
		return found;
	}
	found = b;
	for (unsigned i = 1; i < METERS_WAYS; i++)
		if (gives_way_before(&b[i], found))
			found = &b[i];
	*found = (struct meter){ .name = name, .seen_s = now_s };
	return found;
}

bool meter_add(struct meter *m, uint32_t points)
{
	uint32_t sum = m->points + points;

	m->points = (uint16_t)(sum < METERS_FULL ? sum : 0);
	if (sum >= METERS_FULL)
		m->asked = 0;
	return sum >= METERS_FULL;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/copy.h"

#include <stdlib.h>

struct copy *copy_new(uint32_t from, uint32_t to, const struct payload_map *map)
{
	struct copy *c = malloc(sizeof(*c));

	if (c)
		*c = (struct copy){ .port = { from, to }, .map = *map };
	return c;
}

void copy_free(struct copy *c)
{
	free(c);
}

struct copy *copy_find(struct copy *list, uint32_t port, uint32_t from, uint32_t to)
{
	while (list && (list->port[COPY_FROM] != from || list->port[COPY_TO] != to))
		list = copy_next(list, port);
	return list;
}

unsigned copy_count(const struct copy *list, uint32_t port, enum copy_end end)
{
	unsigned n = 0;

	for (; list; list = copy_next(list, port))
		n += list->port[end] == port;
	return n;
}

void copy_hang(struct copy *c, struct copy **from, struct copy **to)
{
	c->next[COPY_FROM] = *from;
	c->next[COPY_TO] = *to;
	*from = *to = c;
}

static void list_drop(struct copy **at, const struct copy *c, enum copy_end end)
{
	const uint32_t port = c->port[end];

	while (*at != c)
		at = &(*at)->next[(*at)->port[COPY_TO] == port];
	*at = c->next[end];
}

void copy_take(struct copy *c, struct copy **from, struct copy **to)
{
	list_drop(from, c, COPY_FROM);
	list_drop(to, c, COPY_TO);
}

void copy_give(struct copy_pile *pile, struct copy *c)
{
	struct copy **next = &c->next[0];

	*next = __atomic_load_n(&pile->top, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(&pile->top, next, c, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
		;
}

void copy_pile_free(struct copy_pile *pile)
{
	struct copy *c = __atomic_exchange_n(&pile->top, NULL, __ATOMIC_ACQUIRE);

	while (c) {
		struct copy *next = c->next[0];

		copy_free(c);
		c = next;
	}
}

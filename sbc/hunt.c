/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/hunt.h"

#include <stdlib.h>

struct hunt {
	unsigned next;
	int group; /* of the place taken last; -1: none yet */
	struct route route;
};

struct hunt *hunt_new(const struct route *route, unsigned first)
{
	struct hunt *h = first < route->n ? malloc(sizeof(*h)) : NULL;

	if (!h)
		return NULL;
	h->next = first;
	h->group = first ? (int)route->target[first - 1].group : -1;
	route_copy(&h->route, route);
	return h;
}

void hunt_free(struct hunt *h)
{
	free(h);
}

unsigned hunt_left(const struct hunt *h)
{
	return h ? h->route.n - h->next : 0;
}

bool hunt_next_begins_group(const struct hunt *h)
{
	return hunt_left(h) && (int)h->route.target[h->next].group != h->group;
}

const struct route_target *hunt_take(struct hunt *h)
{
	const struct route_target *t;

	if (!hunt_left(h))
		return NULL;
	t = &h->route.target[h->next++];
	h->group = (int)t->group;
	return t;
}

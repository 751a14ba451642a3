/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/fork/hunt.h"

#include <stdlib.h>

struct hunt {
	struct hunt *below; /* to be tried when this one is done */
	unsigned n, next;
	int group; /* of the place taken last; -1: none yet, or others came between */
	struct route_target target[];
};

int hunt_push(struct hunt **h, const struct route *route)
{
	struct hunt *top = NULL;

	/* No more than there is: a route has room for many, and this is one malloc of each call. The texts stand last.
	 */
	if (route->n)
		top = malloc(sizeof(*top) + route->n * sizeof(top->target[0]) + route->used);
	if (!top)
		return -1;
	*top = (struct hunt){ .below = *h, .n = route->n, .group = -1 };
	route_copy(top->target, (char *)(top->target + route->n), route);
	if (*h)
		(*h)->group = -1;
	*h = top;
	return 0;
}

void hunt_free(struct hunt *h)
{
	while (h) {
		struct hunt *below = h->below;

		free(h);
		h = below;
	}
}

/* The topmost with places left. */
static const struct hunt *current(const struct hunt *h)
{
	while (h && h->next == h->n)
		h = h->below;
	return h;
}

unsigned hunt_left(const struct hunt *h)
{
	unsigned n = 0;

	for (; h; h = h->below)
		n += h->n - h->next;
	return n;
}

bool hunt_next_begins_group(const struct hunt *h)
{
	const struct hunt *c = current(h);

	return c && (int)c->target[c->next].group != c->group;
}

const struct route_target *hunt_take(struct hunt *h)
{
	struct hunt *c = (struct hunt *)current(h);
	const struct route_target *t;

	if (!c)
		return NULL;
	t = &c->target[c->next++];
	c->group = (int)t->group;
	return t;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* routeplace.h: the places that a route leads to: phones of a user, peers of a trunk; and the numbers as these want
 * them. */
#ifndef NATSBC_SBC_ROUTEPLACE_H
#define NATSBC_SBC_ROUTEPLACE_H

#include "sbc/route/condition.h"
#include "sbc/route/route.h"

/* Whom they are for. */
struct routeplace {
	struct engine *e;
	const struct condition_facts *call;
	int route; /* by which it goes there; -1: by none */
};

/* The first phone of that user here. Who is kept by another home has his place there, and his key is no number to dial.
 */
const struct binding *routeplace_binding(const struct engine *e, struct span user);

/* All the user's phones: those of the same q at once, by falling q (RFC 3261 16.6); or the first alone. user: plain;
 * NULL: who was dialled, as the route rewrites him. group: that of the first. False: none was added, *why tells why. */
bool routeplace_phones(const struct routeplace *p, const char *user, unsigned group, struct route *out,
		       enum count *why);

/* One after the other (F7): each peer of the trunk. down: those too that were given up. number: plain; NULL: as
 * dialled. */
bool routeplace_trunk(const struct routeplace *p, unsigned trunk, const char *number, bool down, unsigned group,
		      struct route *out);

/* One peer of it. */
bool routeplace_peer(const struct routeplace *p, unsigned trunk, const char *number, const struct trunk_target *peer,
		     unsigned group, struct route *out);

#endif

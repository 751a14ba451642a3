/* SPDX-License-Identifier: BSD-3-Clause */
/* hunt.h: the places where a request may still be tried, in order: a group at once, one group after the other
 * (RFC 3261 16.6; CALLS.md F7). */
#ifndef NATSBC_SBC_HUNT_H
#define NATSBC_SBC_HUNT_H

#include "sbc/route.h"

struct hunt;

/* Keeps a copy of the route from target number first on. NULL without memory, or where nothing is left. Caller frees
 * with hunt_free(). */
struct hunt *hunt_new(const struct route *route, unsigned first);
void hunt_free(struct hunt *h);

/* How many places are left. NULL is fine: none. */
unsigned hunt_left(const struct hunt *h);

/* The next place, which belongs to the group of the one taken last unless begins_group. NULL when none is left. It lives
 * as long as the hunt. */
const struct route_target *hunt_take(struct hunt *h);
bool hunt_next_begins_group(const struct hunt *h);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* hunt.h: the places where a request may still be tried, in order: a group at once, one group after the other
 * (RFC 3261 16.6; CALLS.md F7). Redirections put others before them. */
#ifndef NATSBC_SBC_HUNT_H
#define NATSBC_SBC_HUNT_H

#include "sbc/route/route.h"

struct hunt;

/* Puts a copy of the route before all that *h still holds; *h may be NULL. 0, or -1 without memory or where the route
 * has nothing: then nothing has changed. Caller frees with hunt_free(). */
int hunt_push(struct hunt **h, const struct route *route);
void hunt_free(struct hunt *h);

/* How many places are left. NULL is fine: none. */
unsigned hunt_left(const struct hunt *h);

/* The next place, which belongs to the group of the one taken last unless begins_group. NULL when none is left. It
 * lives as long as the hunt. */
const struct route_target *hunt_take(struct hunt *h);
bool hunt_next_begins_group(const struct hunt *h);

#endif

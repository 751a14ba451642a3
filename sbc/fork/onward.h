/* SPDX-License-Identifier: BSD-3-Clause */
/* onward.h: the routes behind the one whose places all failed, where its `next` says that these are to be asked. */
#ifndef NATSBC_SBC_ONWARD_H
#define NATSBC_SBC_ONWARD_H

#include "sbc/route/route.h"

/* p goes by that route from now on; NULL: by none. */
void onward_begin(struct pass *p, const struct conf_route *route);

/* A place of the route failed like that. */
void onward_failed(struct pass *p, enum conf_outcome outcome);

/* Somebody who does not say anything is not to be waited for long: there are routes for that. */
bool onward_hurries(const struct engine *e, const struct pass *p);

/* Puts the places of the next route that fits into p's hunt. False: there is none, or it answers itself: then p->best
 * has its status, or p is answered. */
bool onward_push(struct engine *e, struct pass *p);

#endif

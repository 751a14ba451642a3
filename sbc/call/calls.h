/* SPDX-License-Identifier: BSD-3-Clause */
/* calls.h: the calls there are. */
#ifndef NATSBC_SBC_CALLS_H
#define NATSBC_SBC_CALLS_H

#include "sbc/engine/engine.h"

/* NULL without memory or above limits.calls. */
struct call *calls_new(struct engine *e);

/* The same; somewhat above the limit, too. */
struct call *calls_new_emergency(struct engine *e);

/* One of before a restart, under the id that it had. */
struct call *calls_restore(struct engine *e, struct span id);

/* Nothing may wait on it any more: see callend.h. */
void calls_free(struct engine *e, struct call *c);

/* It is over: it waits for the last answers, and no longer takes the place of another. */
void calls_over(struct engine *e, struct call *c);

/* By the id that the API, the log and the relay know it by. */
struct call *calls_find(struct engine *e, struct span id);

/* The call is of this phone user, for its limit; subscriptions and single requests are not counted. 0 or -1. */
int calls_set_user(struct engine *e, struct call *c, struct span user);

/* How many calls this phone user has made that are not over. */
unsigned calls_of_user(const struct engine *e, struct span user);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* calls.h: the calls there are. */
#ifndef NATSBC_SBC_CALLS_H
#define NATSBC_SBC_CALLS_H

#include "sbc/engine.h"

/* NULL without memory or above limits.calls. */
struct call *calls_new(struct engine *e);

/* Nothing may wait on it any more: see callend.h. */
void calls_free(struct engine *e, struct call *c);

/* It is over: it waits for the last answers, and no longer takes the place of another. */
void calls_over(struct engine *e, struct call *c);

/* By the id that the API, the log and the relay know it by. */
struct call *calls_find(struct engine *e, struct span id);

/* How many calls this phone user has made that are not over; subscriptions and single requests are none. */
unsigned calls_of_user(const struct engine *e, struct span user);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* adopt.h: two calls become one: the party that stays of one talks with the far side of the other. */
#ifndef NATSBC_SBC_ADOPT_H
#define NATSBC_SBC_ADOPT_H

#include "sbc/engine.h"

/* c takes over the far legs of from, with all that is under way on them, and its session in the relay, in which the leg
 * `rest` of c stands where the caller of `from` did. The peer that rest had until now stays among the legs of c, for
 * its BYE. What is left of from is its caller's leg, and what c had in the relay: it is to be ended. */
void adopt(struct engine *e, struct call *c, struct leg *rest, struct call *from);

#endif

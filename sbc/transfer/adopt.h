/* SPDX-License-Identifier: BSD-3-Clause */
/* adopt.h: a party of one call is taken over by another call: two halves become one (CALLS.md X1, X3). */
#ifndef NATSBC_SBC_ADOPT_H
#define NATSBC_SBC_ADOPT_H

#include "sbc/engine/engine.h"

/* The leg l of a call that is being made stands for another, which will be adopted: it is where that one is, and has
 * its media protected as that one has. */
void adopt_stand_in(struct engine *e, struct leg *l, const struct leg *real);

/* In the call of rest, far takes the place of rest's peer; all legs of far's side come along, and the requests under
 * way to them. Their session in the relay is that of `session`, where they are what its two legs are: far the one that
 * it is there, or else the callee. The peer that rest had stays among the legs of the call, for its BYE. What is left
 * of far's call and of `session`, which may be the same, is to be ended; session has the name then that the call had.
 */
void adopt(struct engine *e, struct leg *rest, struct leg *far, struct call *session);

#endif

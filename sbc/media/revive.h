/* SPDX-License-Identifier: BSD-3-Clause */
/* revive.h: calls whose media session the relay lost: set up again there, with the same ports, so that both sides hear
 * each other again and need not know; else ended. */
#ifndef NATSBC_SBC_REVIVE_H
#define NATSBC_SBC_REVIVE_H

#include "sbc/engine/engine.h"

/* Asks for it; a call that can't be revived ends, now or when the relay says no. */
void revive(struct engine *e, struct call *c);

/* It can't be: both sides are told, and who asks for the call hears why (lostcalls.h). */
void revive_fail(struct engine *e, struct call *c, struct span why);

/* Its legs are about to become another call's: not now. */
bool revive_must_wait(const struct call *c);

#endif

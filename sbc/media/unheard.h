/* SPDX-License-Identifier: BSD-3-Clause */
/* unheard.h: when a call has ended, the log tells who was not heard in it, as the relay says when it ends the session.
 */
#ifndef NATSBC_SBC_UNHEARD_H
#define NATSBC_SBC_UNHEARD_H

#include "sbc/call/call.h"
#include "sbc/engine/engine.h"

/* The answer to w, which ends c's session, is looked at. Nobody waits for it. NULL: nothing happens. */
void unheard_look(struct engine *e, const struct call *c, struct relaylink_wait *w);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* takeover.h: an INVITE with Replaces (RFC 3891) for a phone that does not know them: the phone hears of a new session
 * in a re-INVITE, and whom it talked with is hung up on (CALLS.md X3, X4). */
#ifndef NATSBC_SBC_TAKEOVER_H
#define NATSBC_SBC_TAKEOVER_H

#include "sbc/engine/engine.h"

struct takeover;

/* The pass is such an INVITE, m, of a call that is being set up: true: it is dealt with here. */
bool takeover_begin(struct engine *e, struct pass *p, const struct sip_msg *m);

/* BYE of the one who is to be replaced: true: the call goes on without it. */
bool takeover_outlives(struct leg *l);

/* What came on the leg can't go anywhere now. */
bool takeover_holds(const struct leg *l);

/* The call is over. */
void takeover_call_over(struct engine *e, struct call *c);

/* The call is about to be freed without ever having been over: nobody is told. */
void takeover_forget(struct engine *e, struct call *c);

#endif

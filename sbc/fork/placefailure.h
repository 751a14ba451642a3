/* SPDX-License-Identifier: BSD-3-Clause */
/* placefailure.h: what the log tells of a place that did not take a call: which it is, and what it answered, if it did.
 */
#ifndef NATSBC_SBC_PLACEFAILURE_H
#define NATSBC_SBC_PLACEFAILURE_H

#include "sbc/call/call.h"
#include "sbc/engine/engine.h"

/* m: its final response; NULL: there was none, and b->status stands for it. why: as for fork_failed(). */
void placefailure_tell(struct engine *e, const struct branch *b, const struct sip_msg *m, enum count why);

#endif

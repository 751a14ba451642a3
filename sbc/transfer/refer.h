/* SPDX-License-Identifier: BSD-3-Clause */
/* refer.h: a REFER within a call (RFC 3515): who may transfer, and who carries it out (CALLS.md 4.8). */
#ifndef NATSBC_SBC_REFER_H
#define NATSBC_SBC_REFER_H

#include "sbc/engine/engine.h"

/* True: dealt with here, t was answered. False: it crosses to the other leg, whose phone carries it out. */
bool refer_is_ours(struct engine *e, struct leg *l, struct txn *t, const struct sip_msg *m);

#endif

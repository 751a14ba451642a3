/* SPDX-License-Identifier: BSD-3-Clause */
/* refer.h: a REFER within a call, or of one (RFC 3515, RFC 4538): who may transfer, and who carries it out (CALLS.md
 * 4.8). */
#ifndef NATSBC_SBC_REFER_H
#define NATSBC_SBC_REFER_H

#include "sbc/engine/engine.h"
#include "sbc/identity/identity.h"

/* True: dealt with here, t was answered. False: it crosses to the other leg, whose phone carries it out. */
bool refer_is_ours(struct engine *e, struct leg *l, struct txn *t, const struct sip_msg *m);

/* A REFER outside of any dialog, from who (X7). True: dealt with here, t was answered. False: its Target-Dialog names a
 * call of his that is up, and it goes to the other side of that, in a dialog of its own. */
bool refer_outside_is_ours(struct engine *e, struct txn *t, const struct sip_msg *m, const struct identity *who);

#endif

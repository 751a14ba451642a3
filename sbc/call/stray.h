/* SPDX-License-Identifier: BSD-3-Clause */
/* stray.h: 2xx to an INVITE of ours that make a dialog nobody wants: another phone picked up too, or the call was over
 * before its peer knew (CALLS.md F6, C2). Each is acknowledged and ended; nothing is kept for it. */
#ifndef NATSBC_SBC_STRAY_H
#define NATSBC_SBC_STRAY_H

#include "sbc/engine/engine.h"

/* to: where the INVITE went. */
void stray_end(struct engine *e, const struct flow *to, const struct sip_msg *response);

/* The transaction of an INVITE that was answered and that nobody waits for any more: its further 2xx are ended. */
void stray_watch(struct txn *invite);

#endif

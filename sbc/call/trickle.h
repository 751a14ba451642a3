/* SPDX-License-Identifier: BSD-3-Clause */
/* trickle.h: ICE candidates that come one by one, by INFO (RFC 8840). They are the sender's own business and ours: none
 * crosses, and we need none of them, as we are found and do not look for others (RFC 8445, lite). */
#ifndef NATSBC_SBC_TRICKLE_H
#define NATSBC_SBC_TRICKLE_H

#include "sbc/engine/engine.h"

/* m came in the dialog of a call: where it is that, it is answered here. False: it passes. */
bool trickle_takes(struct engine *e, struct txn *t, const struct sip_msg *m);

#endif

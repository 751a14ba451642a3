/* SPDX-License-Identifier: BSD-3-Clause */
/* referred.h: the INVITE that a REFER asks for, as the referred party would send it to us (RFC 3515 2.4.3). */
#ifndef NATSBC_SBC_REFERRED_H
#define NATSBC_SBC_REFERRED_H

#include "sbc/engine/engine.h"

/* m is the REFER that came on the leg by; whom it refers is by's peer. The way of the INVITE is found as any other's;
 * w must not be core's. 0, or -1: a Refer-To that we can't follow. */
int referred_write(struct writer *w, const struct leg *by, const struct sip_msg *m);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* inbound.h: what happens to a SIP message: the stages in order. The table of contents of the control plane. */
#ifndef NATSBC_SBC_INBOUND_H
#define NATSBC_SBC_INBOUND_H

#include "sbc/engine/engine.h"

void inbound(struct engine *e, const struct flow *from, struct span bytes);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* ready.h: whether a load balancer should send calls here. */
#ifndef NATSBC_SBC_READY_H
#define NATSBC_SBC_READY_H

#include "sbc/engine/engine.h"

/* Why a call that comes now would be refused, as a sentence; NULL: it can be taken. */
const char *ready_why_not(const struct engine *e);

#endif

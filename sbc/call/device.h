/* SPDX-License-Identifier: BSD-3-Clause */
/* device.h: the phone at the end of a leg, to be found again when its connection is gone and it has registered over
 * another (RFC 5626 5.3). */
#ifndef NATSBC_SBC_DEVICE_H
#define NATSBC_SBC_DEVICE_H

#include "sbc/engine/engine.h"

/* Remembers which phone is at the end of the leg: the one registered over its connection. Nothing where there is no
 * connection, or no phone is registered over it. */
void device_keep(struct engine *e, struct leg *l);

/* The leg's flow becomes the one that its phone is registered over now. False: it is not. */
bool device_follow(struct engine *e, struct leg *l);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* banrelay.h: bans as the media relay is told of them: it does not hear whom we don't. */
#ifndef NATSBC_SBC_BANRELAY_H
#define NATSBC_SBC_BANRELAY_H

#include "sbc/engine/engine.h"

/* 0 or -1. */
int banrelay_open(struct engine *e);

/* It was started anew: it hears of all of them. */
void banrelay_again(struct engine *e);

#endif

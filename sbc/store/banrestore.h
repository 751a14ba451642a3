/* SPDX-License-Identifier: BSD-3-Clause */
/* banrestore.h: bans of before the program was started. */
#ifndef NATSBC_SBC_BANRESTORE_H
#define NATSBC_SBC_BANRESTORE_H

#include "sbc/engine/engine.h"

/* Brings back those that still hold or are remembered, where there is a store, and keeps what becomes of bans from now
 * on. They are enforced by who asks for all of them: see bans_tell(). 0, or -1 without memory. */
int banrestore_all(struct engine *e);

#endif

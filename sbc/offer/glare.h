/* SPDX-License-Identifier: BSD-3-Clause */
/* glare.h: one offer at a time in a call, whichever side it comes from (O1, R8; RFC 3261 14.2, RFC 3311 5.2). */
#ifndef NATSBC_SBC_GLARE_H
#define NATSBC_SBC_GLARE_H

#include "sbc/engine/engine.h"

/* m, within the dialog of l, brings an offer at the wrong time: it was refused in its transaction t. Its sender tries
 * again: a 491 that the other side gives is not repeated by us, but goes back to who offered. */
bool glare_refuses(struct engine *e, struct leg *l, struct txn *t, const struct sip_msg *m);

#endif

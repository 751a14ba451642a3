/* SPDX-License-Identifier: BSD-3-Clause */
/* provisional.h: a 18x on its way back: whom it is shown, what of its SDP, and whether it wants a PRACK. */
#ifndef NATSBC_SBC_PROVISIONAL_H
#define NATSBC_SBC_PROVISIONAL_H

#include "sbc/call/branch.h"

/* m, a 101 to 199, came on the branch. */
void provisional_received(struct engine *e, struct branch *b, const struct sip_msg *m);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* earlyupdate.h: UPDATE with an offer before the answer to the INVITE, from a side that has given its answer reliably,
 * while the caller has not heard it so (O1): he can't be asked. Where the same may be sent as before, to another
 * address or in another direction, he need not: the relay knows what he offered. */
#ifndef NATSBC_SBC_EARLYUPDATE_H
#define NATSBC_SBC_EARLYUPDATE_H

#include "sbc/engine/engine.h"

/* m came on l, in the transaction t. True: it is answered by us. */
bool earlyupdate_takes(struct engine *e, struct leg *l, struct txn *t, const struct sip_msg *m);

#endif

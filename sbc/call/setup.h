/* SPDX-License-Identifier: BSD-3-Clause */
/* setup.h: a request outside of any dialog that is to reach somebody else: a call, a subscription, or one question. */
#ifndef NATSBC_SBC_SETUP_H
#define NATSBC_SBC_SETUP_H

#include "sbc/identity/identity.h"

/* t is the server transaction of m, from who. Routes it, makes the two legs and sends it through. */
void setup_begin(struct engine *e, struct txn *t, const struct sip_msg *m, const struct identity *who);

/* The call ends at that moment (ms): it is too long then. */
void setup_limit(struct engine *e, struct call *c, uint64_t at);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* setup.h: a request outside of any dialog that is to reach somebody else: a call, a subscription, or one question. */
#ifndef NATSBC_SBC_SETUP_H
#define NATSBC_SBC_SETUP_H

#include "sbc/identity/identity.h"

/* t is the server transaction of m, from who. Routes it, makes the two legs and sends it through. */
void setup_begin(struct engine *e, struct txn *t, const struct sip_msg *m, const struct identity *who);

/* The call ends at that moment (ms): it is too long then. */
void setup_limit(struct engine *e, struct call *c, uint64_t at);

/* A SUBSCRIBE was accepted, a NOTIFY delivered: how long the subscription lives now. */
void setup_subscription_answered(struct engine *e, struct call *c, const struct sip_msg *m);

/* A NOTIFY said that the subscription is over (RFC 6665 4.1.3). */
bool setup_is_last_notify(const struct sip_msg *m);

#endif

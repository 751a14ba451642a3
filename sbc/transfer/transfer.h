/* SPDX-License-Identifier: BSD-3-Clause */
/* transfer.h: a transfer that is carried out here, for phones that can't or may not (CALLS.md X1, "local"): we call the
 * target without an offer; what it offers goes to the party that stays in a re-INVITE, whose answer goes to the target
 * in the ACK (RFC 3725 4.2); the transferor is told how it goes, and then hung up on. */
#ifndef NATSBC_SBC_TRANSFER_H
#define NATSBC_SBC_TRANSFER_H

#include "sbc/engine/engine.h"

struct transfer;

/* REFER came on the leg; t is answered. */
void transfer_begin(struct engine *e, struct leg *by, struct txn *t, const struct sip_msg *m);

/* The pass is the INVITE of a transfer to its target, which was not answered yet. */
bool transfer_asks(const struct pass *p);

/* By whose routes that pass goes: those of the transferor; or, of another pass, of who sent it. */
const struct leg *transfer_orderer(const struct pass *p);

void transfer_progress(struct engine *e, struct branch *b, const struct sip_msg *m);
void transfer_answered(struct engine *e, struct leg *target, const struct sip_msg *m);

/* BYE of the transferor while the target still rings: true: the call goes on without it. */
bool transfer_outlives(struct leg *l);

/* What came on the leg can't go anywhere now. */
bool transfer_holds(const struct leg *l);

/* The call is over. */
void transfer_call_over(struct engine *e, struct call *c, uint16_t status);

/* The call is about to be freed without ever having been over: nobody is told. */
void transfer_forget(struct engine *e, struct call *c);

#endif

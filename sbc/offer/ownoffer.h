/* SPDX-License-Identifier: BSD-3-Clause */
/* ownoffer.h: a place that wants an offer, and a caller who made none (L2): it gets one of ours. What it answers is
 * offered to the caller, whose own answer the place hears of only where it differs (reoffer.h). */
#ifndef NATSBC_SBC_OWNOFFER_H
#define NATSBC_SBC_OWNOFFER_H

#include "sbc/call/branch.h"

/* The INVITE m is to go out by this branch with an offer of ours. */
bool ownoffer_is_due(const struct engine *e, const struct branch *b, const struct sip_msg *m);

/* Asks the relay for it, as media_offer() does. */
bool ownoffer_ask(struct engine *e, struct branch *b, const struct sip_msg *m, relaylink_done_fn *done);

/* The caller answers with m what the far side answered. True: the far side need not hear of it. False: it will, when
 * the call is up. */
bool ownoffer_agrees(struct engine *e, struct leg *near, struct leg *far, const struct sip_msg *m);

/* The same in the ACK of the 2xx, which goes on without a session description. */
void ownoffer_acked(struct engine *e, struct leg *near, struct leg *far, const struct sip_msg *m);

#endif

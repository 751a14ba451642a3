/* SPDX-License-Identifier: BSD-3-Clause */
/* absorb.h: session refreshes that change nothing, answered here instead of by the other side (CALLS.md R1). */
#ifndef NATSBC_SBC_ABSORB_H
#define NATSBC_SBC_ABSORB_H

#include "sbc/engine/engine.h"

/* The configuration wants it of that leg: what we say on it is to be kept then. */
bool absorb_is_on(const struct engine *e, const struct leg *l);

/* A party described its session: `from` made an offer, or answered that of `to`. */
void absorb_heard_offer(struct engine *e, struct leg *from, struct span sdp);
void absorb_heard_answer(struct engine *e, struct leg *from, struct leg *to, struct span sdp);

/* The offer of l was refused: what it said before holds. */
void absorb_forget_offer(struct leg *l);

/* m, from that flow, says of its sender's place and session what we know already. To be asked before the leg learns
 * from it. */
bool absorb_is_repetition(const struct engine *e, const struct leg *l, const struct flow *from,
			  const struct sip_msg *m);

/* Answers such a request with what we said last on the leg. False: it has to go through. */
bool absorb_answer(struct engine *e, struct leg *l, struct txn *t, const struct sip_msg *m);

#endif

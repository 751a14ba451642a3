/* SPDX-License-Identifier: BSD-3-Clause */
/* anchor.h: what was agreed with the relay about the media of a call, kept so that a relay that knows nothing of it any
 * more can be told again (resume.h of the relay). */
#ifndef NATSBC_SBC_ANCHOR_H
#define NATSBC_SBC_ANCHOR_H

#include "sbc/engine/engine.h"

/* The relay took an offer that from made; sdp is it, shown what the relay made of it for to. */
void anchor_offered(struct engine *e, struct leg *from, struct leg *to, struct span sdp, struct span shown);

/* The relay took from's answer to it. That is in force now. */
void anchor_answered(struct engine *e, struct leg *from, struct leg *to, struct span sdp, struct span shown);

/* The offer of l was refused. */
void anchor_forget_offer(struct engine *e, struct leg *l);

/* Nothing was agreed with l yet, which stands for another leg of the same peer: that what the peer said there is how it
 * has its media; and which side of which session that is, the relay hears with the first offer. */
void anchor_expect(struct engine *e, struct leg *l, const struct leg *real);

/* What is known of stands_for is l's from now on. */
void anchor_take(struct leg *l, struct leg *stands_for);

void anchor_fini(struct engine *e, struct leg *l);

/* Who made the offer that is in force, and who answered it, where all is there to do that again; else NULL. */
struct leg *anchor_offerer(const struct call *c, struct leg **answerer);

/* Offers that wait for their answers, one after the other: who made it, *to was shown it; NULL: no more. */
struct leg *anchor_pending(const struct call *c, unsigned which, struct leg **to);

/* Is shown, by its session id and its ports, what that leg knows already? */
bool anchor_is_told(const struct leg *to, struct span shown);

#endif

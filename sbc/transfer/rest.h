/* SPDX-License-Identifier: BSD-3-Clause */
/* rest.h: the party that stays where somebody takes its peer's place: it is offered what the newcomer offers, and what
 * it answers goes to the newcomer, through the session in the relay of the call that is asked for (RFC 3725 4). */
#ifndef NATSBC_SBC_REST_H
#define NATSBC_SBC_REST_H

#include "sbc/engine/engine.h"

struct rest {
	struct leg *leg;
	struct buf *offer; /* the newcomer's, as it was said to it */
	bool moved;        /* it took the offer */
};

/* The relay's word on a description in the asked call cannot be passed on: that call is over then. */
bool rest_is_unusable(struct engine *e, struct call *asked, const struct ng_answer *a);

/* It took the offer, by m, which the relay hears next, as of that side of the asked call; where it cannot, that call is
 * over. */
void rest_answered(struct engine *e, struct rest *r, struct call *asked, enum side side, const struct sip_msg *m,
		   relaylink_done_fn *done, void *user);

#endif

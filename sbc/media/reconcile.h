/* SPDX-License-Identifier: BSD-3-Clause */
/* reconcile.h: what the relay has for us and what we have calls for, compared at the start, now and then, and after a
 * restart of the relay: its sessions of no call are deleted, our calls without a session have one set up again
 * (revive.h). And in between the relay hears that we are there, and we look whether it is the same one. */
#ifndef NATSBC_SBC_RECONCILE_H
#define NATSBC_SBC_RECONCILE_H

#include "sbc/engine/engine.h"

enum {
	RECONCILE_MOST_MS = 20000,   /* between two signs of life: a third of relay.lease, that at most */
	RECONCILE_ROUND = 15,        /* so many of them from one comparison to the next */
	RECONCILE_PAGE = 256,        /* sessions that one question asks for */
	RECONCILE_SETTLED_MS = 1000, /* a call so old has its session, if it ever had */
	RECONCILE_LOST_BATCH = 64,   /* calls that lost their media are looked after so many at a time */
	RECONCILE_LOST_MS = 5,
	RECONCILE_LOOK_MS = 250,  /* from one ping to the next */
	RECONCILE_HUNG_MS = 2000, /* without an answer to any: questions may have been given up */
	RECONCILE_AGAIN_MS = 1000,
};

/* Borrows e; begins at once. NULL without memory. */
struct reconcile *reconcile_new(struct engine *e);
void reconcile_free(struct reconcile *r);

/* There is another relay than before, as its socket tells: it is asked at once. r may be NULL. */
void reconcile_now(struct reconcile *r);

/* Says nothing any more: for tests that look at what is left. */
void reconcile_quiet(struct reconcile *r);

#endif

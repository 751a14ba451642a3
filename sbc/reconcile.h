/* SPDX-License-Identifier: BSD-3-Clause */
/* reconcile.h: what the relay has for us and what we have calls for, compared at the start, now and then, and after a
 * restart of the relay: its sessions of no call are deleted, our calls without a session are ended. And in between the
 * relay hears that we are there. */
#ifndef NATSBC_SBC_RECONCILE_H
#define NATSBC_SBC_RECONCILE_H

#include "sbc/engine.h"

enum {
	RECONCILE_MOST_MS = 20000,   /* between two signs of life: a third of relay.lease, that at most */
	RECONCILE_ROUND = 15,        /* so many of them from one comparison to the next */
	RECONCILE_PAGE = 256,        /* sessions that one question asks for */
	RECONCILE_SETTLED_MS = 1000, /* a call so old has its session, if it ever had */
	RECONCILE_END_BATCH = 50,    /* calls that lost their media are ended so many at a time */
	RECONCILE_END_MS = 20,
};

/* Borrows e; begins at once. NULL without memory. */
struct reconcile *reconcile_new(struct engine *e);
void reconcile_free(struct reconcile *r);

/* Says nothing any more: for tests that look at what is left. */
void reconcile_quiet(struct reconcile *r);

#endif

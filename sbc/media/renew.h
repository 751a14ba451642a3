/* SPDX-License-Identifier: BSD-3-Clause */
/* renew.h: calls whose media was set up again (revive.h), but whose keys are gone with the relay that had them: each
 * side that had some is offered new ones, by a re-INVITE that nobody asked for. The other side hears nothing of it. */
#ifndef NATSBC_SBC_RENEW_H
#define NATSBC_SBC_RENEW_H

#include "alg/base/wheel.h"
#include "alg/ng/ng.h"

struct call;
struct engine;
struct renew;

enum {
	RENEW_BATCH =
		10, /* so many begin within RENEW_BATCH_MS: nobody has thousands of calls to answer in one second */
	RENEW_BATCH_MS = 100,
	RENEW_BUSY_MS = 500, /* while another offer is under way, or the relay is silent */
	RENEW_TRIES = 120,
};

/* Of the whole program. */
struct renewals {
	struct renew *first, *last; /* wait for their turn */
	struct timer pace;
	unsigned begun; /* since it ran last */
	uint32_t ncall; /* that are not done */
};

/* Which sides of the call an answer of the relay says it needs to be told anew, as a set of 1 << enum side. */
uint8_t renew_sides(const struct call *c, const struct ng_answer *a);

/* Begins, or waits for its turn. A side that does not take them ends the call (revive.h). */
void renew(struct engine *e, struct call *c, uint8_t sides);

/* The relay is gone again: what it was asked does not count. */
void renew_stop(struct engine *e, struct call *c);

/* The call is over. */
void renew_over(struct engine *e, struct call *c);

/* An offer of it is on its way: no other may come between. */
bool renew_is_out(const struct call *c);

#endif

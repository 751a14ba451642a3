/* SPDX-License-Identifier: BSD-3-Clause */
/* reoffer.h: the two sides of a call were told different things while it was set up (F5, L2): once it is up, what one
 * side said is offered to the other, by a re-INVITE that nobody asked for. */
#ifndef NATSBC_SBC_REOFFER_H
#define NATSBC_SBC_REOFFER_H

#include "sbc/engine/engine.h"

/* The session description in m, from the peer of l, is owed to l. needed: without it the call can't go on. */
void reoffer_keep(struct engine *e, struct leg *l, const struct sip_msg *m, bool needed);

/* The call is up and its ACKs are through: what is owed is offered. */
void reoffer_begin(struct engine *e, struct call *c);

/* What is owed to l is the offer of a 2xx: its answer goes in the ACK for that, which waits for it. */
bool reoffer_completes(const struct leg *l);

/* Something is owed: no offer of anybody's may come between. */
bool reoffer_is_due(const struct call *c);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* nexthop.h: where the requests of a leg go: its flow, moved where its peer may be reached otherwise (RFC
 * 3261 12.2.1.1, 18.1.1; RFC 5923). */
#ifndef NATSBC_SBC_NEXTHOP_H
#define NATSBC_SBC_NEXTHOP_H

#include "sbc/engine/engine.h"

/* The route set or the remote target is new: a trunk's leg goes where it says, a phone's stays where its packets come
 * from (R7). What is off limits is counted and not followed. */
void nexthop_follow(struct engine *e, struct leg *l);

/* To be called before a request: a connection that is gone is replaced, where its peer can be reached by another. */
void nexthop_reach(struct engine *e, struct leg *l);

/* A request of n bytes is too large for UDP, and who is to get it there may be asked over TCP (RFC 3261 18.1.1): to
 * *out. trunk: -1: a phone. */
bool nexthop_wants_stream(const struct engine *e, const struct flow *now, int trunk, uint32_t n, struct flow *out);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* pass.h: a request on its way from one leg to the other, and its responses on their way back. */
#ifndef NATSBC_SBC_PASS_H
#define NATSBC_SBC_PASS_H

#include "sbc/engine.h"

/* in is the server transaction on the side `from`. NULL without memory. */
struct pass *pass_new(struct engine *e, struct call *c, enum side from, struct txn *in, const struct sip_msg *m);
void pass_free(struct engine *e, struct pass *p);

/* Takes the request through: its SDP to the relay first, where it has any, then out on the other leg. */
void pass_begin(struct engine *e, struct pass *p, const struct sip_msg *m);

/* CANCEL came from the side where the request came from (CALLS.md 4.6). reason: its Reason line, to go with ours. */
void pass_cancel(struct engine *e, struct pass *p, struct span reason);

/* The call is over: cancel what is out, forget what is in. reason goes with the CANCEL, unless it has one. */
void pass_give_up(struct engine *e, struct pass *p, struct span reason);

/* A final response was sent back. */
bool pass_is_answered(const struct pass *p);

/* An INVITE of ours still has no final response: a late 2xx must be acknowledged and ended. */
bool pass_is_open(const struct pass *p);

/* Timer C starts anew (C9). */
void pass_ring_restart(struct engine *e, struct pass *p);

/* Refuses the request and ends what it began: p is gone. */
void pass_refuse(struct engine *e, struct pass *p, uint16_t status, enum count why, struct span detail);

#endif

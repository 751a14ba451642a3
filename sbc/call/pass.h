/* SPDX-License-Identifier: BSD-3-Clause */
/* pass.h: a request on its way from one leg to the other, by one branch or several. */
#ifndef NATSBC_SBC_PASS_H
#define NATSBC_SBC_PASS_H

#include "sbc/engine/engine.h"

/* in is the server transaction on the leg `from`. NULL without memory. */
struct pass *pass_new(struct call *c, struct leg *from, struct txn *in, const struct sip_msg *m);
/* A request of our own, to the peer of `from`: see own.h. */
struct pass *pass_new_own(struct call *c, struct leg *from, enum sip_method method);
void pass_free(struct engine *e, struct pass *p);

/* Takes the request through, inside of its dialog: its SDP to the relay first, where it has any, then out on the other
 * leg. */
void pass_begin(struct engine *e, struct pass *p, const struct sip_msg *m);

/* The same for one branch of it. */
void pass_branch(struct engine *e, struct branch *b, const struct sip_msg *m);

/* What the request carries can't go through: it was refused. */
bool pass_is_unusable(struct engine *e, struct pass *p, const struct sip_msg *m);

/* CANCEL came from the side where the request came from (CALLS.md 4.6). reason: its Reason line, to go with ours. */
void pass_cancel(struct engine *e, struct pass *p, struct span reason);

/* The call is over: cancel what is out, forget what is in. reason goes with the CANCEL, unless it has one. */
void pass_give_up(struct engine *e, struct pass *p, struct span reason);

/* The request, as long as it is not answered; absent then. */
struct span pass_request(const struct pass *p);

/* A final response was sent back. */
bool pass_is_answered(const struct pass *p);

/* An INVITE of ours still has no final response: a late 2xx must be acknowledged and ended. */
bool pass_is_open(const struct pass *p);

/* Something of it came to its end: p is gone where that was the last. */
void pass_look(struct engine *e, struct pass *p);

/* Refuses the request and ends what it began: p is gone. */
void pass_refuse(struct engine *e, struct pass *p, uint16_t status, enum count why, struct span detail);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* own.h: a request of our own within a leg's dialog: a pass that nobody on the other side asked for. It waits while
 * another offer is under way, and is tried again after 491 (O1) and 422. */
#ifndef NATSBC_SBC_OWN_H
#define NATSBC_SBC_OWN_H

#include "sbc/engine/engine.h"

struct own;

/* Its final response; m is NULL where we judged ourselves: 408 nobody answered, 491 there never was room for an offer,
 * 503 it could not be sent. Not called once the call is over. After 481 or 408 to an INVITE or UPDATE the call is
 * ended (R3). */
typedef void own_done_fn(struct engine *e, struct own *o, uint16_t status, const struct sip_msg *m);

struct own_request {
	enum sip_method method;
	struct span lines;        /* whole header lines; those of the session timer are not the caller's business */
	struct span body;         /* absent or empty: none */
	struct span content_type; /* not copied: lives as long as the program */
	bool completes;           /* the 2xx of the other side waits for the answer to it */
	own_done_fn *done;
	void *user;
};

/* False: not sent, done is not called. Else done may have been called already. */
bool own_send(struct engine *e, struct leg *l, const struct own_request *r);

/* Another offer is under way in the call: one on the leg would wait for that. */
bool own_must_wait(const struct leg *l);

struct leg *own_leg(const struct own *o);
enum sip_method own_method(const struct own *o);
void *own_user(const struct own *o);

/* From done, of the 2xx to an INVITE: the caller sends the ACK, with leg_ack(), and sets call.invite to NULL then. Else
 * it is sent as done returns. */
void own_keep_ack(struct own *o);

/* For the pass. NULL is fine. */
void own_free(struct engine *e, struct own *o);

#endif

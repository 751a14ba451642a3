/* SPDX-License-Identifier: BSD-3-Clause */
/* callend.h: how calls end, on both sides and in the relay. */
#ifndef NATSBC_SBC_CALLEND_H
#define NATSBC_SBC_CALLEND_H

#include "sbc/engine/engine.h"

/* Ends the call: BYE or CANCEL wherever the dialog still stands, the media session deleted, one line in the log, the
 * cause counted. INVITEs still waiting for our final response get status (0: they were answered already). Whoever ended
 * it (a leg) is told nothing more; by may be NULL. Does nothing on a call that is over. */
void callend(struct engine *e, struct call *c, enum count cause, uint16_t status, const struct leg *by);

/* The ACK of our 2xx never came. */
void callend_no_ack(struct engine *e, struct leg *l);

/* Frees calls that are over and on which nothing waits any more: after every event. */
void callend_reap(struct engine *e);

/* Something of a call that is over came to its end: look at it when this event is done. */
void callend_look(struct engine *e, struct call *c);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* passback.h: responses on their way back through a call, and the ACK that follows. */
#ifndef NATSBC_SBC_PASSBACK_H
#define NATSBC_SBC_PASSBACK_H

#include "sbc/branch.h"

/* Responses from the other side, and what a branch comes to. */
extern const struct branch_ops passback_ops;

/* A final response from the other side that is no success goes back. */
void passback_refusal(struct engine *e, struct pass *p, const struct sip_msg *m);

/* A final response of our own making. */
void passback_status(struct engine *e, struct pass *p, uint16_t status);

/* The ACK of our 2xx on this leg. */
void passback_ack(struct engine *e, struct leg *l, const struct sip_msg *m);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* passback.h: responses on their way back through a call, and the ACK that follows. */
#ifndef NATSBC_SBC_PASSBACK_H
#define NATSBC_SBC_PASSBACK_H

#include "sbc/engine.h"

/* 18x from the other side (100 never comes here). */
void passback_provisional(struct engine *e, struct pass *p, const struct sip_msg *m);

/* 2xx to 6xx from the other side, repeated ones too. */
void passback_final(struct engine *e, struct pass *p, const struct sip_msg *m);

/* The other side never answered (Timer B or F). */
void passback_timeout(struct engine *e, struct pass *p);

/* A final response of our own making. */
void passback_status(struct engine *e, struct pass *p, uint16_t status);

/* The ACK of our 2xx on this leg. */
void passback_ack(struct engine *e, struct leg *l, const struct sip_msg *m);

#endif

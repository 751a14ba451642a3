/* SPDX-License-Identifier: BSD-3-Clause */
/* errand_answer.h: what the trunk that keeps the registrations said to a REGISTER, as the phone hears it, and what it
 * changes here (CALLS.md G1 to G6, A1). */
#ifndef NATSBC_SBC_ERRAND_ANSWER_H
#define NATSBC_SBC_ERRAND_ANSWER_H

#include "sbc/registrar/edge.h"

/* t: the phone's transaction; m: home's final response. */
void errand_answer(struct engine *e, struct txn *t, const struct sip_msg *m);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* dtmf.h: digits that one side of a call has as RTP (RFC 4733) and the other as INFO (conf: dtmf). */
#ifndef NATSBC_SBC_DTMF_H
#define NATSBC_SBC_DTMF_H

#include "sbc/engine/engine.h"

/* What the relay is to know of the two sides. */
void dtmf_ask(const struct engine *e, const struct leg *from, const struct leg *to, struct ng_request *r);

/* It has heard a digit: whoever has them by INFO is told. */
void dtmf_heard(struct engine *e, struct call *c, const struct ng_answer *event);

/* m came on l, which has digits by INFO: where it is one, and the other side has them by RTP, it is answered here, and
 * the relay dials. False: it passes. */
bool dtmf_takes(struct engine *e, struct leg *l, struct txn *t, const struct sip_msg *m);

#endif

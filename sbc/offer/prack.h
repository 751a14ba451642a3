/* SPDX-License-Identifier: BSD-3-Clause */
/* prack.h: the acknowledgement of a reliable response (RFC 3262 4, 3): passed on, or answered and sent by ourselves. */
#ifndef NATSBC_SBC_PRACK_H
#define NATSBC_SBC_PRACK_H

#include "sbc/engine/engine.h"

/* PRACK came on this leg, in the server transaction t. */
void prack_received(struct engine *e, struct leg *l, struct txn *t, const struct sip_msg *m);

/* One of our own, without SDP, of the response that came from far with this RSeq: its other side can't do it. */
void prack_send(struct engine *e, struct leg *far, uint32_t rseq);

#endif

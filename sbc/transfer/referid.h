/* SPDX-License-Identifier: BSD-3-Clause */
/* referid.h: the id of a transfer's subscription is the CSeq of its REFER (RFC 3515 2.4.6): another one on each leg. */
#ifndef NATSBC_SBC_REFERID_H
#define NATSBC_SBC_REFERID_H

#include "sbc/engine/engine.h"

/* A REFER of from's peer just went out to the peer of `to`. The last few are remembered. */
void referid_learn(struct leg *from, const struct leg *to);

/* The Event line of a request to the peer of `to`, with the id that this peer knows; none where that is nothing new. */
void referid_write(struct writer *w, const struct leg *to, const struct sip_msg *m);

#endif

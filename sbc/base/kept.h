/* SPDX-License-Identifier: BSD-3-Clause */
/* kept.h: a SIP message that outlives its turn, with its index: it need not be looked through again. */
#ifndef NATSBC_SBC_KEPT_H
#define NATSBC_SBC_KEPT_H

#include "alg/sip/msg.h"
#include "sbc/base/buf.h"

/* A copy of a message that was indexed as SIP_OK; buf_span() gives its text. NULL without memory. Give back with
 * buf_drop. */
struct buf *kept_new(struct buf_pool *pool, const struct sip_msg *m);

/* The message in b, as sip_msg_index would read it; any other text is indexed. False: there is none, or it can't be
 * read. Borrows b. */
bool kept_read(const struct buf *b, struct sip_msg *out);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* loop.h: what of a request decides where it goes: one that comes back with all of it alike runs in a loop (RFC
 * 3261 16.6 step 8, RFC 5393 4.2). */
#ifndef NATSBC_SIP_LOOP_H
#define NATSBC_SIP_LOOP_H

#include "alg/base/writer.h"
#include "alg/sip/msg.h"

/* The bytes to hash: Request-URI, topmost Route, From and To tag, Call-ID, CSeq number, Proxy-Require and
 * Proxy-Authorization; not the method, so that CANCEL and ACK give the same (RFC 5393 4.2.1). No two requests
 * give the same bytes. w fails where they don't fit. */
void loop_write(struct writer *w, const struct sip_msg *m);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* derive.h: the requests that are made from another request: CANCEL (RFC 3261 9.1) and the ACK of a 3xx-6xx (17.1.1.3).
 */
#ifndef NATSBC_SBC_DERIVE_H
#define NATSBC_SBC_DERIVE_H

#include "alg/base/writer.h"
#include "alg/sip/msg.h"

/* to: the To value to use: the request's own for CANCEL, the response's for ACK. lines: further whole lines. */
void derive_write(struct writer *w, const struct sip_msg *request, struct span method, struct span to,
		  struct span lines);

#endif

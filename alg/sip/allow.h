/* SPDX-License-Identifier: BSD-3-Clause */
/* allow.h: the methods of Allow (RFC 3261 20.5), as a set. */
#ifndef NATSBC_SIP_ALLOW_H
#define NATSBC_SIP_ALLOW_H

#include "alg/base/writer.h"
#include "alg/sip/msg.h"

/* A set is one bit a method. */
#define ALLOW_BIT(method) (1U << (method))

/* All lines of the header. 0 where there is none: that tells nothing about the sender (20.5). Methods we don't know
 * make the bit of SIP_METHOD_OTHER. */
uint32_t allow_read(const struct sip_msg *m);

/* "INVITE, ACK": the set as a header value; SIP_METHOD_OTHER has no name. */
void allow_write(struct writer *w, uint32_t set);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* reply.h: a response built from the request it answers (RFC 3261 8.2.6). */
#ifndef NATSBC_SIP_REPLY_H
#define NATSBC_SIP_REPLY_H

#include "alg/base/addr.h"
#include "alg/sip/msg.h"

/* The standard phrase of a status code; never absent. */
struct span reply_reason(uint16_t status);

struct reply {
	uint16_t status;
	struct span reason;  /* absent: the standard phrase */
	struct span to_tag;  /* added where the request's To has none; absent for 100 */
	struct span headers; /* whole lines of our own, each with its CRLF */
	struct span body;    /* its Content-Type is among headers */
	struct addr source;  /* where the request came from: received and rport of the top Via (RFC 3581 4), always */
};

/* Status line; all Vias, the top one with received and rport; From, To, Call-ID, CSeq, each only where the request has
 * it (RFC 4475 3.3.1); Record-Route for a response that makes a dialog is the caller's affair. */
void reply_write(struct writer *w, const struct sip_msg *request, const struct reply *r);

#endif

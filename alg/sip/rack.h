/* SPDX-License-Identifier: BSD-3-Clause */
/* rack.h: RSeq, and the RAck that answers it (RFC 3262 7.1, 7.2); struct rack and its reading are in cseq.h. */
#ifndef NATSBC_SIP_RACK_H
#define NATSBC_SIP_RACK_H

#include "alg/base/writer.h"
#include "alg/sip/cseq.h"

enum { RSEQ_FIRST_MAX = INT32_MAX }; /* a sender's first RSeq lies between 1 and this (RFC 3262 3) */

/* An RSeq value, 1 to 2^32 - 1. 0 or -1. */
int rseq_parse(struct span s, uint32_t *out);

/* The RAck value. */
void rack_write(struct writer *w, const struct rack *r);

/* Does r acknowledge the reliable response with this RSeq to the INVITE with this CSeq number? */
bool rack_names(const struct rack *r, uint32_t rseq, uint32_t invite_cseq);

#endif

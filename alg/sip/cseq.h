/* SPDX-License-Identifier: BSD-3-Clause */
/* cseq.h: the CSeq value (RFC 3261 20.16) and RAck (RFC 3262 7.2). */
#ifndef NATSBC_SIP_CSEQ_H
#define NATSBC_SIP_CSEQ_H

#include "alg/sip/method.h"

struct cseq {
	uint32_t number; /* below 2^31 */
	struct span method_name;
	enum sip_method method;
};

struct rack {
	uint32_t rseq;
	struct cseq cseq;
};

int cseq_parse(struct span s, struct cseq *out);
int rack_parse(struct span s, struct rack *out);

#endif

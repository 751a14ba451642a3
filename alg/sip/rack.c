/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/rack.h"

int rseq_parse(struct span s, uint32_t *out)
{
	uint32_t v;

	if (span_u32(span_trim(s), &v) || v == 0)
		return -1;
	*out = v;
	return 0;
}

void rack_write(struct writer *w, const struct rack *r)
{
	writer_u64(w, r->rseq);
	writer_byte(w, ' ');
	writer_u64(w, r->cseq.number);
	writer_byte(w, ' ');
	writer_put(w, r->cseq.method_name);
}

bool rack_names(const struct rack *r, uint32_t rseq, uint32_t invite_cseq)
{
	return r->rseq == rseq && r->cseq.number == invite_cseq && r->cseq.method == SIP_INVITE;
}

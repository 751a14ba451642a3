/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/loop.h"

#include "alg/sip/cseq.h"
#include "alg/sip/nameaddr.h"

/* With its length, so that no two lists of values read alike. */
static void put_value(struct writer *w, struct span value)
{
	writer_u64(w, value.n);
	writer_byte(w, ':');
	writer_put(w, value);
}

static void put_all(struct writer *w, const struct sip_msg *m, enum sip_hdr hdr)
{
	for (const struct sip_field *f = sip_field_first(m, hdr); f; f = sip_field_next(m, f))
		put_value(w, sip_field_value(m, f));
	writer_byte(w, ';');
}

void loop_write(struct writer *w, const struct sip_msg *m)
{
	struct sip_walk walk = { 0 };
	struct span route = { 0 };
	struct cseq cseq = { 0 };

	if (!sip_walk_next(m, SIP_HDR_ROUTE, &walk, &route))
		route = (struct span){ 0 };
	cseq_parse(sip_msg_value(m, SIP_HDR_CSEQ), &cseq);
	put_value(w, m->uri);
	put_value(w, route);
	put_value(w, sip_msg_from_tag(m));
	put_value(w, sip_msg_to_tag(m));
	put_value(w, sip_msg_value(m, SIP_HDR_CALL_ID));
	writer_u64(w, cseq.number);
	writer_byte(w, ';');
	put_all(w, m, SIP_HDR_PROXY_REQUIRE);
	put_all(w, m, SIP_HDR_PROXY_AUTHORIZATION);
}

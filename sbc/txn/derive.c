/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/txn/derive.h"

#include "alg/sip/cseq.h"

static void put_value(struct writer *w, struct span name, struct span value)
{
	writer_put(w, name);
	writer_put(w, SPAN(": "));
	writer_put(w, value);
	writer_put(w, SPAN("\r\n"));
}

void derive_write(struct writer *w, const struct sip_msg *request, struct span method, struct span to,
		  struct span lines)
{
	const struct sip_field *route = sip_field_first(request, SIP_HDR_ROUTE);
	struct sip_walk walk = { 0 };
	struct span via = { 0 };
	struct cseq cseq = { 0 };

	/* One Via, the top one (RFC 3261 9.1, 17.1.1.3). */
	sip_walk_next(request, SIP_HDR_VIA, &walk, &via);
	cseq_parse(sip_msg_value(request, SIP_HDR_CSEQ), &cseq);
	writer_put(w, method);
	writer_byte(w, ' ');
	writer_put(w, request->uri);
	writer_put(w, SPAN(" SIP/2.0\r\n"));
	put_value(w, SPAN("Via"), via);
	for (; route; route = sip_field_next(request, route))
		put_value(w, SPAN("Route"), sip_field_value(request, route));
	put_value(w, SPAN("Max-Forwards"), SPAN("70"));
	put_value(w, SPAN("From"), sip_msg_value(request, SIP_HDR_FROM));
	put_value(w, SPAN("To"), to);
	put_value(w, SPAN("Call-ID"), sip_msg_value(request, SIP_HDR_CALL_ID));
	writer_put(w, SPAN("CSeq: "));
	writer_u64(w, cseq.number);
	writer_byte(w, ' ');
	writer_put(w, method);
	writer_put(w, SPAN("\r\n"));
	writer_put(w, lines);
	writer_put(w, SPAN("Content-Length: 0\r\n\r\n"));
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/transfer/referred.h"

#include "alg/sip/escape.h"
#include "alg/sip/refer_to.h"
#include "alg/sip/uri_headers.h"
#include "sbc/engine/respond.h"

static void put_line(struct writer *w, struct span name, struct span value)
{
	writer_put(w, name);
	writer_put(w, SPAN(": "));
	writer_put(w, value);
	writer_put(w, SPAN("\r\n"));
}

/* X2: the only header of the URI that is taken over. */
static void put_replaces(struct writer *w, const struct refer_to *to)
{
	struct uri_header h;

	if (!uri_headers_find(to->uri.headers, SIP_HDR_REPLACES, &h))
		return;
	writer_put(w, SPAN("Replaces: "));
	escape_read(w, h.value);
	writer_put(w, SPAN("\r\n"));
}

int referred_write(struct writer *w, const struct leg *by, const struct sip_msg *m)
{
	struct span referred_by = sip_msg_value(m, SIP_HDR_REFERRED_BY);
	struct refer_to to;

	if (refer_to_parse(sip_msg_value(m, SIP_HDR_REFER_TO), &to) || to.method != SIP_INVITE)
		return -1;
	writer_put(w, SPAN("INVITE "));
	writer_put(w, to.plain);
	writer_put(w, SPAN(" SIP/2.0\r\n"));
	put_line(w, SPAN("From"), buf_span(by->peer->remote));
	put_line(w, SPAN("Referred-By"), referred_by.n ? referred_by : buf_span(by->remote));
	put_replaces(w, &to);
	writer_put(w, SPAN("Allow: " RESPOND_METHODS "\r\n"
			   "Content-Length: 0\r\n\r\n"));
	return w->failed ? -1 : 0;
}

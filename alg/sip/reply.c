/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/reply.h"

#include "alg/base/cursor.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/params.h"
#include "alg/sip/via.h"

/* RFC 3261 21 unless noted. */
static const char *const phrases[700] = {
	[100] = "Trying",
	[180] = "Ringing",
	[181] = "Call Is Being Forwarded",
	[182] = "Queued",
	[183] = "Session Progress",
	[199] = "Early Dialog Terminated", /* RFC 6228 */
	[200] = "OK",
	[202] = "Accepted",        /* RFC 6665 */
	[204] = "No Notification", /* RFC 5839 */
	[300] = "Multiple Choices",
	[301] = "Moved Permanently",
	[302] = "Moved Temporarily",
	[305] = "Use Proxy",
	[380] = "Alternative Service",
	[400] = "Bad Request",
	[401] = "Unauthorized",
	[402] = "Payment Required",
	[403] = "Forbidden",
	[404] = "Not Found",
	[405] = "Method Not Allowed",
	[406] = "Not Acceptable",
	[407] = "Proxy Authentication Required",
	[408] = "Request Timeout",
	[410] = "Gone",
	[412] = "Conditional Request Failed", /* RFC 3903 */
	[413] = "Request Entity Too Large",
	[414] = "Request-URI Too Long",
	[415] = "Unsupported Media Type",
	[416] = "Unsupported URI Scheme",
	[417] = "Unknown Resource-Priority", /* RFC 4412 */
	[420] = "Bad Extension",
	[421] = "Extension Required",
	[422] = "Session Interval Too Small", /* RFC 4028 */
	[423] = "Interval Too Brief",
	[424] = "Bad Location Information",         /* RFC 6442 */
	[425] = "Bad Alert Message",                /* RFC 8876 */
	[428] = "Use Identity Header",              /* RFC 8224 */
	[429] = "Provide Referrer Identity",        /* RFC 3892 */
	[430] = "Flow Failed",                      /* RFC 5626 */
	[433] = "Anonymity Disallowed",             /* RFC 5079 */
	[436] = "Bad Identity Info",                /* RFC 8224 */
	[437] = "Unsupported Credential",           /* RFC 8224 */
	[438] = "Invalid Identity Header",          /* RFC 8224 */
	[439] = "First Hop Lacks Outbound Support", /* RFC 5626 */
	[440] = "Max-Breadth Exceeded",             /* RFC 5393 */
	[469] = "Bad Info Package",                 /* RFC 6086 */
	[470] = "Consent Needed",                   /* RFC 5360 */
	[480] = "Temporarily Unavailable",
	[481] = "Call/Transaction Does Not Exist",
	[482] = "Loop Detected",
	[483] = "Too Many Hops",
	[484] = "Address Incomplete",
	[485] = "Ambiguous",
	[486] = "Busy Here",
	[487] = "Request Terminated",
	[488] = "Not Acceptable Here",
	[489] = "Bad Event", /* RFC 6665 */
	[491] = "Request Pending",
	[493] = "Undecipherable",
	[494] = "Security Agreement Required", /* RFC 3329 */
	[500] = "Server Internal Error",
	[501] = "Not Implemented",
	[502] = "Bad Gateway",
	[503] = "Service Unavailable",
	[504] = "Server Time-out",
	[505] = "Version Not Supported",
	[513] = "Message Too Large",
	[555] = "Push Notification Service Not Supported", /* RFC 8599 */
	[580] = "Precondition Failure",                    /* RFC 3312 */
	[600] = "Busy Everywhere",
	[603] = "Decline",
	[604] = "Does Not Exist Anywhere",
	[606] = "Not Acceptable",
	[607] = "Unwanted", /* RFC 8197 */
	[608] = "Rejected", /* RFC 8688 */
};

struct span reply_reason(uint16_t status)
{
	/* A code we do not know is treated as the x00 of its class (RFC 3261 8.1.3.2); 100 would be a false name. */
	static const char *const classes[7] = {
		"Unknown", "Progress", "OK", "Redirection", "Request Failure", "Server Failure", "Global Failure",
	};

	if (status < 700 && phrases[status])
		return span_str(phrases[status]);
	return span_str(classes[status < 700 ? status / 100 : 0]);
}

/* Text of the request on one line: a fold becomes a blank, and no stray CR or LF can begin a line of ours. */
static void write_unfolded(struct writer *w, struct span s)
{
	s = span_trim(s);
	while (s.n) {
		uint32_t cr = span_find(s, '\r'), lf = span_find(s, '\n'), end = cr < lf ? cr : lf;
		struct cursor rest = { .left = span_from(s, end) };

		writer_put(w, span_slice(s, 0, end));
		cursor_blank(&rest);
		s = rest.left;
		if (s.n)
			writer_byte(w, ' ');
	}
}

static void write_line(struct writer *w, struct span name, struct span value)
{
	writer_put(w, name);
	writer_str(w, ": ");
	write_unfolded(w, value);
	writer_str(w, "\r\n");
}

/* The top Via says where the request really came from, whatever it claimed (RFC 3261 18.2.1, RFC 3581 4). Both
 * parameters are always written: it costs nothing, and a phone behind NAT learns its address even unasked. */
static void write_top_via(struct writer *w, const struct via *v, struct span element, const struct addr *source)
{
	struct addr from = addr_unmap(source);
	struct span left;
	struct param p;

	if (!addr_is_set(source) || !v) {
		write_unfolded(w, element);
		return;
	}
	left = v->params;
	write_unfolded(w, left.n ? span_slice(element, 0, (uint32_t)(left.p - element.p)) : element);
	while (left.n) {
		struct span before = left;
		int taken = param_next(&left, &p);

		if (taken == 1 && (span_ieq(p.name, SPAN("received")) || span_ieq(p.name, SPAN("rport"))))
			continue;
		write_unfolded(w, taken == 1 ? span_slice(before, 0, before.n - left.n) : before);
		if (taken != 1)
			break;
	}
	writer_str(w, ";received=");
	addr_write_host(w, &from, false);
	writer_str(w, ";rport=");
	writer_u64(w, from.port);
}

static void write_vias(struct writer *w, const struct sip_msg *request, const struct addr *source)
{
	struct sip_walk walk = { 0 };
	struct span top = { 0 };

	sip_walk_next(request, SIP_HDR_VIA, &walk, &top);
	for (const struct sip_field *f = sip_field_first(request, SIP_HDR_VIA); f; f = sip_field_next(request, f)) {
		struct span value = sip_field_value(request, f);

		if (!top.n || !span_within(top, value)) {
			write_line(w, SPAN("Via"), value);
			continue;
		}
		writer_str(w, "Via: ");
		write_top_via(w, sip_msg_top_via(request), top, source);
		write_unfolded(w, span_from(value, (uint32_t)(top.p + top.n - value.p)));
		writer_str(w, "\r\n");
	}
}

static void write_to(struct writer *w, const struct sip_msg *request, const struct reply *r)
{
	writer_str(w, "To: ");
	write_unfolded(w, sip_msg_value(request, SIP_HDR_TO));
	if (r->status > 100 && r->to_tag.n && !span_is_set(sip_msg_to_tag(request))) {
		writer_str(w, ";tag=");
		writer_put(w, r->to_tag);
	}
	writer_str(w, "\r\n");
}

static void copy(struct writer *w, const struct sip_msg *request, enum sip_hdr hdr)
{
	if (sip_msg_has(request, hdr))
		write_line(w, sip_hdr_info[hdr].name, sip_msg_value(request, hdr));
}

void reply_write(struct writer *w, const struct sip_msg *request, const struct reply *r)
{
	writer_str(w, "SIP/2.0 ");
	writer_u64(w, r->status);
	writer_byte(w, ' ');
	write_unfolded(w, span_is_set(r->reason) ? r->reason : reply_reason(r->status));
	writer_str(w, "\r\n");
	write_vias(w, request, &r->source);
	copy(w, request, SIP_HDR_FROM);
	if (sip_msg_has(request, SIP_HDR_TO))
		write_to(w, request, r);
	copy(w, request, SIP_HDR_CALL_ID);
	copy(w, request, SIP_HDR_CSEQ);
	/* RFC 3261 8.2.6.1. */
	if (r->status == 100)
		copy(w, request, SIP_HDR_TIMESTAMP);
	writer_put(w, r->headers);
	writer_str(w, "Content-Length: ");
	writer_u64(w, r->body.n);
	writer_str(w, "\r\n\r\n");
	writer_put(w, r->body);
}

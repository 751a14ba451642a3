/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/refer_to.h"

#include "alg/sip/escape.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/params.h"

int refer_to_parse(struct span s, struct refer_to *out)
{
	struct refer_to r = { .method = SIP_INVITE };
	struct nameaddr a;
	struct span method;

	if (nameaddr_parse(s, &a) || a.star || uri_parse(a.uri, &r.uri))
		return -1;
	if (!a.bracketed && span_find(a.params, '?') < a.params.n)
		return -1;
	r.plain = span_is_set(r.uri.headers) ? span_slice(a.uri, 0, a.uri.n - r.uri.headers.n - 1) : a.uri;
	method = params_get(r.uri.params, SPAN("method"));
	if (span_is_set(method))
		r.method = sip_method_find(method);
	*out = r;
	return 0;
}

void refer_to_write(struct writer *w, struct span uri, const struct replaces *replaces)
{
	char text[1024];
	struct writer value = writer_over(text, sizeof(text));

	writer_byte(w, '<');
	writer_put(w, uri);
	if (replaces) {
		replaces_write(&value, replaces);
		writer_put(w, SPAN("?Replaces="));
		escape_write(w, writer_done(&value));
	}
	writer_byte(w, '>');
	w->failed |= value.failed;
}

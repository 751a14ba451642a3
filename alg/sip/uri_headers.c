/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/uri_headers.h"

bool uri_headers_next(struct span *left, struct uri_header *out)
{
	struct span text;
	uint32_t equals;

	if (left->n == 0)
		return false;
	text = span_slice(*left, 0, span_find(*left, '&'));
	*left = span_from(*left, text.n + 1);
	equals = span_find(text, '=');
	out->name = span_slice(text, 0, equals);
	out->value = span_from(text, equals + 1);
	out->hdr = sip_hdr_find(out->name);
	return true;
}

bool uri_headers_find(struct span headers, enum sip_hdr hdr, struct uri_header *out)
{
	while (uri_headers_next(&headers, out))
		if (out->hdr == hdr)
			return true;
	return false;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/allow.h"

#include "alg/base/cursor.h"

uint32_t allow_read(const struct sip_msg *m)
{
	uint32_t set = 0;

	for (const struct sip_field *f = sip_field_first(m, SIP_HDR_ALLOW); f; f = sip_field_next(m, f)) {
		struct cursor c = { .left = sip_field_value(m, f) };

		/* Methods and nothing else (RFC 3261 20.5): no quotes or brackets that a comma could stand in. */
		while (c.left.n) {
			const struct span name = span_trim(cursor_until(&c, COMMA));

			if (name.n)
				set |= ALLOW_BIT(sip_method_find(name));
			cursor_try(&c, ',');
		}
	}
	return set;
}

void allow_write(struct writer *w, uint32_t set)
{
	bool begun = false;

	for (enum sip_method method = 0; method < SIP_METHOD_OTHER; method++) {
		if (!(set & ALLOW_BIT(method)))
			continue;
		if (begun)
			writer_put(w, SPAN(", "));
		writer_put(w, sip_method_name(method));
		begun = true;
	}
}

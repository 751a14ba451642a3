/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/allow.h"

uint32_t allow_read(const struct sip_msg *m)
{
	struct sip_walk walk = { 0 };
	struct span name;
	uint32_t set = 0;

	while (sip_walk_next(m, SIP_HDR_ALLOW, &walk, &name))
		if (name.n)
			set |= ALLOW_BIT(sip_method_find(name));
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

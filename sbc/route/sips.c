/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/route/sips.h"

#include "sbc/base/transport.h"

void sips_filter(struct route *r)
{
	unsigned n = 0;

	for (unsigned i = 0; i < r->n; i++) {
		if (!transport_info((enum conf_transport)r->target[i].leg.flow.transport)->secure)
			continue;
		r->target[n] = r->target[i];
		r->target[n].leg.secure = true;
		n++;
	}
	r->n = n;
}

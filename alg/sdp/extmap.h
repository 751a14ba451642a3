/* SPDX-License-Identifier: BSD-3-Clause */
/* extmap.h: which header extensions (RFC 8285) a description may name. */
#ifndef NATSBC_SDP_EXTMAP_H
#define NATSBC_SDP_EXTMAP_H

#include "alg/base/span.h"

struct sdp_extmap_rule {
	bool spared;     /* else dropped; what one rule spares no other drops */
	struct span uri; /* what the extension is called, or "all" */
};

/* Is the attribute, without "a=", an extension that the rules drop? */
bool sdp_extmap_is_dropped(const struct sdp_extmap_rule *rules, unsigned n, struct span attribute);

#endif

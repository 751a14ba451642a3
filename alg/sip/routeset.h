/* SPDX-License-Identifier: BSD-3-Clause */
/* routeset.h: Request-URI and Route of a request, from a route set and where its target is (RFC 3261 12.2.1.1). */
#ifndef NATSBC_SIP_ROUTESET_H
#define NATSBC_SIP_ROUTESET_H

#include "alg/base/writer.h"

struct routeset {
	struct span uri;   /* for the request line */
	struct span route; /* the value of Route; empty: none */
};

/* routes: elements as in a Route, none where it is empty; target: a URI as its owner wrote it. A target goes out
 * without password and headers, and none of the two asks for compression (RFC 3486), which we do not do. The result
 * borrows all three; texts that must be changed are written to w, and where it has no room they stay as they are. */
struct routeset routeset_apply(struct writer *w, struct span routes, struct span target);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* sips.h: a request for a sips URI goes over TLS all the way, or not at all (RFC 3261 26.4.4, RFC 5630 5.1). */
#ifndef NATSBC_SBC_SIPS_H
#define NATSBC_SBC_SIPS_H

#include "sbc/route/route.h"

/* Takes all places off the route that a request for a sips URI may not go to. */
void sips_filter(struct route *r);

#endif

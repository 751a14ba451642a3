/* SPDX-License-Identifier: BSD-3-Clause */
/* gateway.h: the router that the kernel's default route leads to. */
#ifndef NATSBC_FIREWALL_GATEWAY_H
#define NATSBC_FIREWALL_GATEWAY_H

#include "alg/base/addr.h"

/* Of the interface that holds that address, the best one. 0, or -1: there is none. */
int gateway_find(const struct addr *ours, struct addr *out);

#endif

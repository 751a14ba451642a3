/* SPDX-License-Identifier: BSD-3-Clause */
/* interfaces.h: which interface holds an address. */
#ifndef NATSBC_FIREWALL_INTERFACES_H
#define NATSBC_FIREWALL_INTERFACES_H

#include "alg/conf/config.h"
#include "sbc/firewall/rules.h"

/* Behind which interface the hosts of each of pinholes.forward are. 0, or the number, from 1, of one whose realm's
 * address no interface has. */
unsigned interfaces_of_forward(const struct config *c, struct rules_interfaces *out);

#endif

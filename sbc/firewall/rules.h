/* SPDX-License-Identifier: BSD-3-Clause */
/* rules.h: the fixed part of our table, as the configuration wants it. */
#ifndef NATSBC_FIREWALL_RULES_H
#define NATSBC_FIREWALL_RULES_H

#include "alg/base/writer.h"
#include "alg/conf/config.h"

enum { RULES_MAX = 256 << 10, RULES_INTERFACE_MAX = 16 /* bytes, with its NUL */ };

/* For each of pinholes.forward, the interface that its realm's hosts are behind. */
struct rules_interfaces {
	char name[CONF_FORWARD_MAX][RULES_INTERFACE_MAX];
};

/* Makes the table anew, empty of holes and bans: chains "bans" and "holes" are for those. */
void rules_write(struct writer *w, const struct config *c, const struct rules_interfaces *interfaces);

#endif

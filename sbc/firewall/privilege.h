/* SPDX-License-Identifier: BSD-3-Clause */
/* privilege.h: what sbc-firewall may do once it runs: change the firewall, and nothing else. */
#ifndef NATSBC_FIREWALL_PRIVILEGE_H
#define NATSBC_FIREWALL_PRIVILEGE_H

#include <stdbool.h>

/* May the firewall be changed? */
bool privilege_is_there(void);

/* Gives up all capabilities but CAP_NET_ADMIN, for good. 0, or -1. */
int privilege_drop(void);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* check.h: what can only be seen once everything was read: keys that contradict each other. */
#ifndef NATSBC_CONF_CHECK_H
#define NATSBC_CONF_CHECK_H

#include "alg/conf/load.h"

void check_whole(struct load *l);

/* Both realms are, or will be, at one address. */
bool check_same_address(const struct conf_realm *a, const struct conf_realm *b);

/* Neither ports to listen on nor media ports of the two, at one address, meet. */
bool check_ports_apart(const struct conf_realm *a, const struct conf_realm *b);

#endif

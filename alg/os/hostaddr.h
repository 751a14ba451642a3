/* SPDX-License-Identifier: BSD-3-Clause */
/* hostaddr.h: which address of this machine leads out: what "address": "auto" means. */
#ifndef NATSBC_OS_HOSTADDR_H
#define NATSBC_OS_HOSTADDR_H

#include "alg/base/addr.h"

/* The same for all programs of a host: the source address the kernel would use towards the internet; 127.0.0.1 on a
 * machine without a way out. Sends nothing. */
void hostaddr_find(struct addr *out);

#endif

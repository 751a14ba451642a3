/* SPDX-License-Identifier: BSD-3-Clause */
/* privilege.h: who sbc is once its sockets are open: an ordinary user, without capabilities. */
#ifndef NATSBC_SBC_PRIVILEGE_H
#define NATSBC_SBC_PRIVILEGE_H

#include "alg/conf/config.h"
#include "sbc/base/log.h"

enum { PRIVILEGE_WHY_MAX = 512 };

/* Gives away what root has: from here on sbc is the user of the configuration, or of the command line (asked, NULL:
 * none given), with that user's groups, no capability, and none to be had by running other programs. What it goes on
 * writing is made that user's. Files that are read again later and will not be readable are told. To be called when the
 * sockets are open and before there is any thread. 0, or -1 with the reason. */
int privilege_drop(const struct config *conf, const char *asked, const struct log *log, char why[PRIVILEGE_WHY_MAX]);

#endif

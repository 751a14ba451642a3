/* SPDX-License-Identifier: BSD-3-Clause */
/* complete.h: what was not given and follows from other keys. */
#ifndef NATSBC_CONF_COMPLETE_H
#define NATSBC_CONF_COMPLETE_H

#include "alg/conf/config.h"

void complete_whole(struct config *c);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* duration.h: spans of time as operators write them: 100us, 200ms, 30s, 5m, 1h, 1d; and 0. */
#ifndef NATSBC_CONF_DURATION_H
#define NATSBC_CONF_DURATION_H

#include "alg/base/writer.h"

/* In microseconds. 0 or -1. */
int duration_parse(struct span s, uint64_t *us);

/* In the largest unit that divides it. */
void duration_write(struct writer *w, uint64_t us);

#endif

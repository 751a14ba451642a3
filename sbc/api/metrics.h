/* SPDX-License-Identifier: BSD-3-Clause */
/* metrics.h: the counters in Prometheus' text format 0.0.4. */
#ifndef NATSBC_SBC_METRICS_H
#define NATSBC_SBC_METRICS_H

#include "sbc/engine/engine.h"

void metrics_write(const struct engine *e, struct writer *w);

#endif

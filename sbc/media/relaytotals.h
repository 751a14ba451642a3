/* SPDX-License-Identifier: BSD-3-Clause */
/* relaytotals.h: what the relay has counted of all streams since it was started, as it tells with each sign of life. */
#ifndef NATSBC_SBC_RELAYTOTALS_H
#define NATSBC_SBC_RELAYTOTALS_H

#include "alg/base/writer.h"

enum { RELAYTOTALS_N = 10 };

struct relaytotals {
	uint64_t n[RELAYTOTALS_N];
};

/* Out of the answer's dictionary; what it does not tell stays. */
void relaytotals_take(struct relaytotals *t, struct span answer);

/* As Prometheus reads it. */
void relaytotals_write(const struct relaytotals *t, struct writer *w);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* qvalue.h: how much a Contact is preferred (RFC 3261 20.10, 25.1). */
#ifndef NATSBC_SIP_QVALUE_H
#define NATSBC_SIP_QVALUE_H

#include "alg/base/span.h"

enum { QVALUE_MAX = 1000 };

/* The value of a q parameter in thousandths: "0.7" is 700. What is absent or can't be read counts as 1. */
uint16_t qvalue_read(struct span s);

#endif

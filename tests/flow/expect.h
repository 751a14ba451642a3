/* SPDX-License-Identifier: BSD-3-Clause */
/* expect.h: what a party should have got. */
#ifndef NATSBC_TESTS_FLOW_EXPECT_H
#define NATSBC_TESTS_FLOW_EXPECT_H

#include "tests/flow/world.h"

/* "WHAT CHECKS": the next message is that; any 100 before it is passed over. What is wrong goes to w->failure. */
void expect(struct world *w, struct party *p, struct span what);

#endif

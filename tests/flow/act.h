/* SPDX-License-Identifier: BSD-3-Clause */
/* act.h: what a party does. */
#ifndef NATSBC_TESTS_FLOW_ACT_H
#define NATSBC_TESTS_FLOW_ACT_H

#include "tests/flow/world.h"

/* "METHOD …", "STATUS METHOD …", "again", "bounce" or "typed": the party sends that. */
void act(struct world *w, struct party *p, struct span what);

/* A whole registration, which must succeed. */
void act_register(struct world *w, struct party *p);

/* Adds a line to what "typed" sends. */
void act_type(struct world *w, struct party *p, struct span text);

#endif

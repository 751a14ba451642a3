/* SPDX-License-Identifier: BSD-3-Clause */
/* slot.h: a party that is in several dialogs: one is in hand, the others are kept under names, and one message may name
 * another's dialog. */
#ifndef NATSBC_TESTS_FLOW_SLOT_H
#define NATSBC_TESTS_FLOW_SLOT_H

#include "tests/flow/world.h"

/* The dialog in hand is kept under that name, or put back from there. False: no room, or nothing there. */
bool slot_keep(struct party *p, struct span name);
bool slot_take(struct party *p, struct span name);

/* The line with each {…} of the README in place. */
void slot_expand(struct world *w, struct span line, struct writer *out);

#endif

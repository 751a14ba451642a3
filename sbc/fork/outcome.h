/* SPDX-License-Identifier: BSD-3-Clause */
/* outcome.h: what became of a call at the places of a route, in the words that its `next` is written in. */
#ifndef NATSBC_SBC_OUTCOME_H
#define NATSBC_SBC_OUTCOME_H

#include "sbc/call/call.h"

/* Of a branch that failed. m: its final response; NULL: b->status is our own judgement, why tells what it was. */
enum conf_outcome outcome_of(const struct branch *b, const struct sip_msg *m, enum count why);

/* The one that stands for several (a set of 1 << enum conf_outcome, not empty). */
enum conf_outcome outcome_foremost(unsigned set);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* max_breadth.h: the Max-Breadth value and its division among branches (RFC 5393 5.3). */
#ifndef NATSBC_SIP_MAX_BREADTH_H
#define NATSBC_SIP_MAX_BREADTH_H

#include "alg/base/span.h"

enum { MAX_BREADTH_DEFAULT = 60 }; /* of a request that names none, and the most we act upon */

/* 0 or -1. Values above MAX_BREADTH_DEFAULT count as that. */
int max_breadth_parse(struct span s, uint32_t *out);

/* What branch i of that many that are tried at once gets of a request's breadth: together no more than there was. 0:
 * there is none for this branch; without any branch that has some, answer 440. Branches tried one after the other get
 * all of it each. */
uint32_t max_breadth_share(uint32_t breadth, uint32_t branches, uint32_t i);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* suggest.h: the word that was probably meant. */
#ifndef NATSBC_CONF_SUGGEST_H
#define NATSBC_CONF_SUGGEST_H

#include "alg/base/span.h"

/* Letters to insert, delete, replace or swap with their neighbour to make a of b; words above 32 bytes are far apart.
 */
unsigned suggest_distance(struct span a, struct span b);

/* Offers words one by one; keeps the nearest that is near enough. */
struct suggest {
	struct span given;
	struct span best; /* absent: nothing near */
	unsigned distance;
};

void suggest_offer(struct suggest *s, struct span word);

#endif

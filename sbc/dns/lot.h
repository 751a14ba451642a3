/* SPDX-License-Identifier: BSD-3-Clause */
/* lot.h: the order in which to try what has priorities and weights (RFC 2782). */
#ifndef NATSBC_SBC_LOT_H
#define NATSBC_SBC_LOT_H

#include "sbc/base/token.h"

struct lot {
	uint16_t priority, weight;
	uint16_t what; /* the caller's: which one it is */
};

/* Lowest priority first; the order stays among equals. */
void lot_sort(struct lot *lot, unsigned n);

/* The same, and those of one priority in an order drawn by weight. */
void lot_draw(struct lot *lot, unsigned n, struct token_source *tokens);

#endif

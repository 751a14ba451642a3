/* SPDX-License-Identifier: BSD-3-Clause */
/* recall.h: what the kernel has of our holes and bans, back into the book. */
#ifndef NATSBC_FIREWALL_RECALL_H
#define NATSBC_FIREWALL_RECALL_H

#include <jansson.h>

#include "sbc/firewall/book.h"

struct recall {
	struct book *book;
	bool adopt; /* holes and bans that the book does not know are added: somebody before us made them */
	uint64_t now;
	unsigned strange; /* elements that made no sense */
};

void recall_begin(struct recall *r, struct book *b, bool adopt, uint64_t now);

/* Sets, as the kernel has them: their holes get their counts and time left. NULL: none. */
void recall_take(struct recall *r, const json_t *told);

/* All sets were taken: holes that the kernel has no more are removed. */
void recall_end(struct recall *r);

#endif

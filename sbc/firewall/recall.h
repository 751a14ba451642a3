/* SPDX-License-Identifier: BSD-3-Clause */
/* recall.h: what the kernel has of our holes and bans, back into the book. */
#ifndef NATSBC_FIREWALL_RECALL_H
#define NATSBC_FIREWALL_RECALL_H

#include <jansson.h>

#include "sbc/firewall/book.h"

/* Holes that the kernel has get their counts and time left, those that it has no more are removed; with adopt, holes
 * and bans that the book does not know are added: somebody before us made them. How many elements made no sense. */
unsigned recall_table(struct book *b, const json_t *table, bool adopt, uint64_t now);

#endif

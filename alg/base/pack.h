/* SPDX-License-Identifier: BSD-3-Clause */
/* pack.h: members by number in a run of bytes that can tell that it was changed: a tag, a length of 16 bits, the
 * value; behind them a checksum. What is zero or absent is left out; who reads passes over tags that he does not know.
 */
#ifndef NATSBC_BASE_PACK_H
#define NATSBC_BASE_PACK_H

#include "alg/base/writer.h"

enum { PACK_CHECKSUM = 8 /* bytes */ };

/* Longer than 65535 bytes: w fails. */
void pack_text(struct writer *w, uint8_t tag, struct span value);
void pack_number(struct writer *w, uint8_t tag, uint64_t value);

/* All that was written behind `from` is complete: its checksum. */
void pack_end(struct writer *w, uint32_t from);

/* *members, to be walked, borrows packed. 0, or -1: its checksum is not that of its bytes. */
int pack_open(struct span packed, struct span *members);

/* The member behind *at (0 to begin). 1, 0 at the end, -1: it is cut off. */
int pack_next(struct span members, uint32_t *at, uint8_t *tag, struct span *value);

/* 0, or -1: longer than a number is. */
int pack_read_number(struct span value, uint64_t *out);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* edit.h: a sorted list of replacements over a received text, and one gather of the result. */
#ifndef NATSBC_SIP_EDIT_H
#define NATSBC_SIP_EDIT_H

#include <sys/uio.h>

#include "alg/base/writer.h"

enum { EDIT_MAX = 64 };

struct edit {
	uint32_t from, to; /* bytes [from, to) of the original go */
	struct span text;  /* in their place; borrowed until the gather */
};

struct edit_list {
	uint32_t n;
	struct edit edit[EDIT_MAX];
};

/* 0; -1 when it overlaps an earlier edit or the list is full. An insert has from == to; a delete an empty text.
 * Two inserts at one place keep the order in which they came, and stand before what replaces the byte there. */
int edit_replace(struct edit_list *l, uint32_t from, uint32_t to, struct span text);

/* How many bytes longer (or shorter) [from, to) becomes, with the inserts at either end; edits that reach beyond it do
 * not count. */
int32_t edit_growth(const struct edit_list *l, uint32_t from, uint32_t to);

/* Slices of the original and of the new texts, in order, none empty. Returns how many, or -1 when max is too small (at
 * most 2 * n + 1 are needed) or an edit lies beyond the original. */
int edit_gather(const struct edit_list *l, struct span original, struct iovec *iov, int max);

/* The same as one text; w fails where edit_gather would. */
void edit_write(const struct edit_list *l, struct span original, struct writer *w);

#endif

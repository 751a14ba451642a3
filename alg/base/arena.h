/* SPDX-License-Identifier: BSD-3-Clause */
/* arena.h: memory for the message in hand; given out in order, taken back all at once. */
#ifndef NATSBC_BASE_ARENA_H
#define NATSBC_BASE_ARENA_H

#include <stddef.h>

#include "alg/base/span.h"

struct arena {
	char *p;
	uint32_t used, cap;
};

/* Borrows mem, which must outlive the arena. */
static inline struct arena arena_over(void *mem, uint32_t cap)
{
	return (struct arena){ .p = mem, .cap = cap };
}

/* size bytes aligned for any type, not cleared; NULL when the arena is full. */
static inline void *arena_take(struct arena *a, uint32_t size)
{
	const uint32_t align = _Alignof(max_align_t);
	uint32_t from = (a->used + align - 1) & ~(align - 1);

	if (from > a->cap || size > a->cap - from)
		return NULL;
	a->used = from + size;
	return a->p + from;
}

/* A copy of s in the arena; the absent span when it is full. */
static inline struct span arena_keep(struct arena *a, struct span s)
{
	char *to = arena_take(a, s.n);

	if (!to)
		return (struct span){ 0 };
	if (s.n)
		memcpy(to, s.p, s.n);
	return span_of(to, s.n);
}

static inline void arena_reset(struct arena *a)
{
	a->used = 0;
}

#endif

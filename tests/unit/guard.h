/* SPDX-License-Identifier: BSD-3-Clause */
/* guard.h: text that ends at a page nobody may touch, so that reading one byte too far ends the test. */
#ifndef NATSBC_TESTS_GUARD_H
#define NATSBC_TESTS_GUARD_H

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "alg/base/span.h"

static inline size_t guard_room(uint32_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (n + page - 1) / page * page;
}

/* A copy of text whose last byte is the last one before a PROT_NONE page. An empty text gives a set pointer to that
 * page. The absent span stays absent. Caller frees with guard_free(). */
static inline struct span guard_span(struct span text)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), room = guard_room(text.n);
	char *p;

	if (!span_is_set(text))
		return text;
	p = mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED || mprotect(p + room, page, PROT_NONE))
		abort();
	if (text.n)
		memcpy(p + room - text.n, text.p, text.n);
	return span_of(p + room - text.n, text.n);
}

/* guarded is what guard_span() gave, unshortened. */
static inline void guard_free(struct span guarded)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), room = guard_room(guarded.n);

	if (span_is_set(guarded) && munmap((char *)(uintptr_t)(guarded.p + guarded.n) - room, room + page))
		abort();
}

#endif

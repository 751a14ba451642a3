/* SPDX-License-Identifier: BSD-3-Clause */
/* allocations.h: counts what a benchmark takes from the heap, by standing in front of glibc's allocator. */
#ifndef NATSBC_BENCH_ALLOCATIONS_H
#define NATSBC_BENCH_ALLOCATIONS_H

#include <stdint.h>
#include <stdlib.h>

/* Whoever calls malloc can't be handed a counter: the one variable here that is not passed around. Per thread, so that
 * other threads don't count. */
static _Thread_local uint64_t allocations;

#ifndef __SANITIZE_ADDRESS__ /* its allocator stands there already */

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t align, size_t n);

void *malloc(size_t n)
{
	allocations++;
	return __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	allocations++;
	return __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	allocations++;
	return __libc_realloc(p, n);
}

void *aligned_alloc(size_t align, size_t n)
{
	allocations++;
	return __libc_memalign(align, n);
}

#endif
#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/base/buf.h"

#include <stdlib.h>

static uint8_t class_of(uint32_t n)
{
	uint8_t class = 0;

	while (((uint32_t)BUF_MIN << class) < n + sizeof(struct buf))
		class ++;
	return class;
}

static uint32_t class_size(uint8_t class)
{
	return (uint32_t)BUF_MIN << class;
}

struct buf *buf_keep_with(struct buf_pool *pool, struct span s, uint32_t more)
{
	uint8_t class;
	struct buf *b;

	if (s.n > BUF_HELD_MAX)
		return NULL;
	class = class_of(s.n + more);
	b = pool->free[class];
	if (b) {
		pool->free[class] = b->next;
		__builtin_prefetch(b->next); /* it lay there for long: whoever takes it next need not wait */
	} else {
		b = malloc(class_size(class));
		if (!b)
			return NULL;
		pool->bytes_kept += class_size(class);
	}
	pool->bytes_out += class_size(class);
	b->next = NULL;
	b->class = class;
	b->n = s.n;
	b->behind = more > 0;
	if (s.n)
		memcpy(b->p, s.p, s.n);
	return b;
}

struct buf *buf_keep(struct buf_pool *pool, struct span s)
{
	return buf_keep_with(pool, s, 0);
}

void buf_drop(struct buf_pool *pool, struct buf *b)
{
	if (!b)
		return;
	pool->bytes_out -= class_size(b->class);
	b->next = pool->free[b->class];
	pool->free[b->class] = b;
}

int buf_replace(struct buf_pool *pool, struct buf **to, struct span s)
{
	struct buf *b = buf_keep(pool, s);

	buf_drop(pool, *to);
	*to = b;
	return b ? 0 : -1;
}

void buf_pool_fini(struct buf_pool *pool)
{
	for (unsigned i = 0; i < BUF_CLASSES; i++) {
		while (pool->free[i]) {
			struct buf *b = pool->free[i];

			pool->free[i] = b->next;
			free(b);
		}
	}
}

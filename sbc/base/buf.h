/* SPDX-License-Identifier: BSD-3-Clause */
/* buf.h: bytes that outlive the message in hand: kept messages and names. Pools by size class, one owner each. */
#ifndef NATSBC_SBC_BUF_H
#define NATSBC_SBC_BUF_H

#include "alg/base/span.h"

/* Classes of 64 bytes to 128 KiB, their own header included: the largest message fits. */
enum { BUF_CLASSES = 12, BUF_MIN = 64, BUF_HELD_MAX = 65536 };

struct buf {
	struct buf *next; /* while in the pool */
	uint32_t n;       /* bytes held */
	uint8_t class;
	bool behind; /* more stands behind the bytes held */
	char p[];
};

struct buf_pool {
	struct buf *free[BUF_CLASSES];
	uint64_t bytes_out;  /* in use, headers included */
	uint64_t bytes_kept; /* taken from the system, never given back before the end */
};

/* A copy of s. NULL without memory or above BUF_HELD_MAX bytes. Give back with buf_drop. */
struct buf *buf_keep(struct buf_pool *pool, struct span s);

/* The same with room for more behind it. */
struct buf *buf_keep_with(struct buf_pool *pool, struct span s, uint32_t more);

/* NULL is fine. */
void buf_drop(struct buf_pool *pool, struct buf *b);

/* Drops *to and keeps s in its place; on failure *to is NULL. 0 or -1. */
int buf_replace(struct buf_pool *pool, struct buf **to, struct span s);

/* Where that room begins; not aligned. */
static inline char *buf_behind(struct buf *b)
{
	return b->p + b->n;
}

static inline const char *buf_behind_const(const struct buf *b)
{
	return b->p + b->n;
}

/* Absent for NULL. */
static inline struct span buf_span(const struct buf *b)
{
	return b ? span_of(b->p, b->n) : (struct span){ 0 };
}

void buf_pool_fini(struct buf_pool *pool);

#endif

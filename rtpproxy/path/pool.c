/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/pool.h"

#include <rte_errno.h>
#include <rte_mbuf.h>
#include <rte_mbuf_pool_ops.h>
#include <sys/mman.h>

enum { POOL_CACHE = 256, HUGE = 2 << 20 };

static void chunk_free(struct rte_mempool_memhdr *chunk, void *base)
{
	(void)munmap(base, chunk->len);
}

/* Whole huge pages: of the reserved ones, else ordinary memory of which the kernel is asked to make some. */
static void *memory_take(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	uintptr_t from;

	if (p != MAP_FAILED)
		return p;
	p = mmap(NULL, bytes + HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	from = ((uintptr_t)p + HUGE - 1) / HUGE * HUGE;
	if (from > (uintptr_t)p)
		(void)munmap(p, from - (uintptr_t)p);
	if ((uintptr_t)p + HUGE > from)
		(void)munmap((void *)(from + bytes), (uintptr_t)p + HUGE - from);
	(void)madvise((void *)from, bytes, MADV_HUGEPAGE);
	return (void *)from;
}

static int pool_fill(struct rte_mempool *pool, unsigned n)
{
	struct rte_pktmbuf_pool_private kind = { .mbuf_data_room_size = RTE_MBUF_DEFAULT_BUF_SIZE };
	const size_t each = rte_mempool_calc_obj_size(pool->elt_size, pool->flags, NULL);
	const size_t bytes = (each * n + RTE_CACHE_LINE_SIZE + HUGE - 1) / HUGE * HUGE;
	void *memory;

	if (rte_mempool_set_ops_byname(pool, rte_mbuf_best_mempool_ops(), NULL) < 0)
		return -1;
	rte_pktmbuf_pool_init(pool, &kind);
	memory = memory_take(bytes);
	if (!memory)
		return -1;
	if (rte_mempool_populate_iova(pool, memory, RTE_BAD_IOVA, bytes, chunk_free, memory) < 0) {
		munmap(memory, bytes);
		return -1;
	}
	rte_mempool_obj_iter(pool, rte_pktmbuf_init, NULL);
	return 0;
}

struct rte_mempool *pool_create(const char *name, unsigned n)
{
	struct rte_mempool *pool = rte_mempool_create_empty(
		name, n, sizeof(struct rte_mbuf) + RTE_MBUF_DEFAULT_BUF_SIZE, POOL_CACHE,
		sizeof(struct rte_pktmbuf_pool_private), SOCKET_ID_ANY, RTE_MEMPOOL_F_NO_IOVA_CONTIG);

	if (!pool)
		return NULL;
	if (pool_fill(pool, n) == 0 && pool->populated_size == n)
		return pool;
	rte_mempool_free(pool);
	return NULL;
}

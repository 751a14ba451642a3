/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/pool.h"

#include "tests/unit/rtpproxy/burst_stage.h"

enum { PACKETS = 700 };

static void all_packets_are_there_and_no_more(void **state)
{
	static struct rte_mbuf *m[PACKETS + 1];
	struct rte_mempool *p = pool_create("some", PACKETS);
	(void)state;

	assert_non_null(p);
	for (unsigned i = 0; i < PACKETS; i++) {
		m[i] = rte_pktmbuf_alloc(p);
		assert_non_null(m[i]);
		assert_true(rte_pktmbuf_tailroom(m[i]) >= 2048);
		memset(rte_pktmbuf_mtod(m[i], void *), 0xff, 2048);
	}
	assert_null(rte_pktmbuf_alloc(p));
	rte_pktmbuf_free_bulk(m, PACKETS);
	assert_int_equal(rte_mempool_avail_count(p), PACKETS);
	rte_mempool_free(p);
}

static void a_name_is_free_again_when_the_pool_is(void **state)
{
	struct rte_mempool *p = pool_create("once", PACKETS);
	(void)state;

	assert_non_null(p);
	assert_null(pool_create("once", PACKETS));
	rte_mempool_free(p);
	p = pool_create("once", PACKETS);
	assert_non_null(p);
	rte_mempool_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_packets_are_there_and_no_more),
		cmocka_unit_test(a_name_is_free_again_when_the_pool_is),
	};

	return cmocka_run_group_tests(tests, dpdk_begin, dpdk_end);
}

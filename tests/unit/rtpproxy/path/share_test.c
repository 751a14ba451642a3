/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/share.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/rtpproxy/ringport.h"

/* After the ports, whose pool is another. */
#include "tests/unit/rtpproxy/burst_stage.h"

enum { WORKERS = 2 };

/* Two workers on the ports of the stage: of 10000 and 10004 the first, of 10002 and 10006 the second. */
struct pair {
	struct stage *s;
	struct share of[WORKERS];
};

static int pair_open(void **state)
{
	struct pair *p = calloc(1, sizeof(*p));
	void *stage;

	assert_non_null(p);
	assert_int_equal(begin(&stage), 0);
	p->s = stage;
	for (unsigned i = 0; i < WORKERS; i++)
		assert_int_equal(share_open(&p->of[i], i), 0);
	assert_int_equal(share_join(&p->of[0], &p->of[1]), 0);
	assert_int_equal(share_join(&p->of[1], &p->of[0]), 0);
	*state = p;
	return 0;
}

static int pair_close(void **state)
{
	struct pair *p = *state;
	void *stage = p->s;

	for (unsigned i = 0; i < WORKERS; i++)
		share_drain(&p->of[i]);
	for (unsigned i = 0; i < WORKERS; i++)
		share_close(&p->of[i]);
	assert_int_equal(end(&stage), 0);
	free(p);
	return 0;
}

/* RTP to each of these ports, looked at by the first worker as far as whose it is. */
static void packets_come(struct pair *p, const uint16_t *port, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		char to[32];

		snprintf(to, sizeof(to), "192.0.2.1:%u", port[i]);
		put(p->s, PHONE, to, SPAN(RTP));
	}
	burst_parse(&p->s->b, &p->s->path);
	share_burst(&p->of[0], &p->s->b, &p->s->path);
}

/* The division that is none agrees with datapath_worker() for all there are. */
static void a_port_is_of_the_same_worker_by_both_sums(void **state)
{
	struct share from = { 0 };

	(void)state;
	assert_int_equal(share_open(&from, 0), 0);
	for (unsigned n = 2; n <= SHARE_MAX; n++) {
		struct share to;

		assert_int_equal(share_open(&to, n - 1), 0);
		assert_int_equal(share_join(&from, &to), 0);
		assert_int_equal(from.n, n);
		for (uint32_t port = 0; port <= UINT16_MAX; port++)
			if (share_owner((uint16_t)port, from.n, from.nth) != datapath_worker((uint16_t)port, n))
				fail_msg("port %u of %u workers", port, n);
		bell_close(&to.bell);
	}
	share_close(&from);
}

static void what_is_for_another_is_handed_on(void **state)
{
	static const uint16_t ports[] = { 10000, 10002, 10004, 10006, 10001 };
	struct pair *p = *state;
	struct stage *s = p->s;
	struct rte_mbuf *theirs[2];

	packets_come(p, ports, 5);
	assert_int_equal(s->path.counts.of[VERDICT_HANDED], 2);
	assert_int_equal(s->path.counts.of[VERDICT_WORKER_FULL], 0);
	for (unsigned i = 0; i < 5; i++) {
		const bool mine = ports[i] / 2 % WORKERS == 0;

		assert_int_equal(s->b.packet[i].verdict == VERDICT_HANDED, !mine);
		assert_int_equal(s->b.packet[i].in == s->flows.flow, !mine);
	}
	theirs[0] = s->b.mbuf[1];
	theirs[1] = s->b.mbuf[3];
	assert_false(share_is_empty(&p->of[1]));
	assert_true(share_is_empty(&p->of[0]));
	/* Mine are to be freed here, theirs there. */
	for (unsigned i = 0; i < 5; i++)
		if (s->b.packet[i].verdict != VERDICT_HANDED)
			rte_pktmbuf_free(s->b.mbuf[i]);
	assert_int_equal(share_take(&p->of[1], 0, &s->b, &s->path), 2);
	assert_memory_equal(s->b.mbuf, theirs, sizeof(theirs));
	assert_int_equal(s->b.kernel, NIC_NONE);
	assert_true(share_is_empty(&p->of[1]));
	/* There they are like any other. */
	burst_parse(&s->b, &s->path);
	share_burst(&p->of[1], &s->b, &s->path);
	assert_int_equal(s->b.packet[0].verdict, VERDICT_NONE);
	assert_ptr_equal(s->b.packet[0].in, &s->flows.flow[flow_index(&s->flows, (struct own_port){ PHONES, 10002 })]);
}

/* What is no media of ours has no owner: it is the business of who has its queue. */
static void what_is_nobodys_stays(void **state)
{
	struct pair *p = *state;

	put(p->s, PHONE, "192.0.2.1:5060", SPAN("OPTIONS"));
	put(p->s, PHONE, "192.0.2.9:10002", SPAN(RTP));
	burst_parse(&p->s->b, &p->s->path);
	share_burst(&p->of[0], &p->s->b, &p->s->path);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(p->s->b.packet[i].verdict, VERDICT_NOT_OURS);
	assert_true(share_is_empty(&p->of[1]));
}

/* What the other one has no room for ends here, and says so. */
static void who_does_not_keep_up_loses(void **state)
{
	uint16_t ports[BURST_MAX];
	struct pair *p = *state;
	struct rte_mbuf *m;
	unsigned n = 0;

	for (unsigned i = 0; i < BURST_MAX; i++)
		ports[i] = 10002;
	assert_int_equal(rte_pktmbuf_alloc_bulk(pool, &m, 1), 0);
	while (handover_look(&p->of[0].to[1], &m, 1))
		n++;
	assert_int_equal(n, HANDOVER_WAITING - 1);
	/* Room for five. */
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(handover_take_look(&p->of[0].to[1], &m, 1), 1);
	packets_come(p, ports, BURST_MAX);
	p->s->b.n = 0;
	assert_int_equal(p->s->path.counts.of[VERDICT_HANDED], 5);
	assert_int_equal(p->s->path.counts.of[VERDICT_WORKER_FULL], BURST_MAX - 5);
	while (n-- > 5)
		assert_int_equal(handover_take_look(&p->of[0].to[1], &m, 1), 1);
	rte_pktmbuf_free(m);
	assert_int_equal(rte_mempool_in_use_count(pool), 5);
}

/* A worker without a queue of an interface gives it to one that has. */
static void what_others_cannot_send_is_sent(void **state)
{
	const struct handover_way ways[] = { { 0, VERDICT_SENT }, { 0, VERDICT_FROM_KERNEL } };
	struct pair *p = *state;
	struct ringport wire = { 0 };
	struct rte_mbuf *m[3];

	ringport_open(&wire, "net_ring_share", 1, pool);
	p->s->path.nic[0].port = wire.port;
	assert_int_equal(share_send(&p->of[1], &p->s->path), 0);
	assert_int_equal(rte_pktmbuf_alloc_bulk(pool, m, 3), 0);
	assert_int_equal(handover_leave(&p->of[0].to[1], m, 2, ways[0]), 2);
	assert_int_equal(handover_leave(&p->of[0].to[1], m + 2, 1, ways[1]), 1);
	assert_false(share_is_empty(&p->of[1]));
	assert_int_equal(share_send(&p->of[0], &p->s->path), 0); /* not for this one */
	assert_int_equal(share_send(&p->of[1], &p->s->path), 3);
	assert_int_equal(p->s->path.counts.of[VERDICT_SENT], 2);
	assert_int_equal(p->s->path.counts.of[VERDICT_FROM_KERNEL], 1);
	assert_int_equal(ringport_sent(&wire, 0), 3);
	assert_true(share_is_empty(&p->of[1]));
	ringport_close(&wire);
}

/* dpdk_end() counts what is not back. */
static void what_is_on_its_way_is_freed_at_the_end(void **state)
{
	static const uint16_t ports[] = { 10002, 10006 };
	struct pair *p = *state;
	struct rte_mbuf *m;

	packets_come(p, ports, 2);
	p->s->b.n = 0;
	assert_int_equal(rte_pktmbuf_alloc_bulk(pool, &m, 1), 0);
	assert_int_equal(handover_leave(&p->of[1].to[0], &m, 1, (struct handover_way){ 0, VERDICT_SENT }), 1);
	assert_int_equal(rte_mempool_in_use_count(pool), 3);
	share_drain(&p->of[0]);
	assert_int_equal(rte_mempool_in_use_count(pool), 2);
	share_drain(&p->of[1]);
	assert_int_equal(rte_mempool_in_use_count(pool), 0);
	assert_true(share_is_empty(&p->of[0]) && share_is_empty(&p->of[1]));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, pair_open, pair_close)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_port_is_of_the_same_worker_by_both_sums),
		TEST(what_is_for_another_is_handed_on),
		TEST(what_is_nobodys_stays),
		TEST(who_does_not_keep_up_loses),
		TEST(what_others_cannot_send_is_sent),
		TEST(what_is_on_its_way_is_freed_at_the_end),
	};

	return cmocka_run_group_tests(tests, dpdk_begin, dpdk_end);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/handover.h"

#include "tests/unit/rtpproxy/burst_stage.h"

struct pair {
	struct bell bell;
	struct handover h;
};

static int pair_open(void **state)
{
	struct pair *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	assert_int_equal(bell_open(&p->bell), 0);
	assert_int_equal(handover_open(&p->h, 0, 1, &p->bell), 0);
	*state = p;
	return 0;
}

static int pair_close(void **state)
{
	struct pair *p = *state;

	handover_close(&p->h);
	bell_close(&p->bell);
	free(p);
	return 0;
}

static void packets_take(struct rte_mbuf **m, unsigned n)
{
	assert_int_equal(rte_pktmbuf_alloc_bulk(pool, m, n), 0);
}

static void what_is_given_is_taken_in_order(void **state)
{
	struct rte_mbuf *given[5], *taken[5];
	struct pair *p = *state;

	packets_take(given, 5);
	assert_true(handover_is_empty(&p->h));
	assert_int_equal(handover_look(&p->h, given, 3), 3);
	assert_int_equal(handover_look(&p->h, given + 3, 2), 2);
	assert_false(handover_is_empty(&p->h));
	assert_int_equal(handover_take_look(&p->h, taken, 2), 2);
	assert_int_equal(handover_take_look(&p->h, taken + 2, 5), 3);
	assert_memory_equal(given, taken, sizeof(given));
	assert_true(handover_is_empty(&p->h));
	rte_pktmbuf_free_bulk(given, 5);
}

/* What is to be looked at and what is to leave are two things. */
static void each_packet_that_is_to_leave_knows_how(void **state)
{
	const struct handover_way ways[] = { { 3, VERDICT_SENT }, { 255, VERDICT_FROM_KERNEL } };
	struct rte_mbuf *given[3], *taken[3];
	struct pair *p = *state;

	packets_take(given, 3);
	assert_int_equal(handover_leave(&p->h, given, 1, ways[0]), 1);
	assert_int_equal(handover_leave(&p->h, given + 1, 1, ways[1]), 1);
	assert_int_equal(handover_look(&p->h, given + 2, 1), 1);
	assert_int_equal(handover_take_leave(&p->h, taken, 3), 2);
	for (unsigned i = 0; i < 2; i++) {
		assert_ptr_equal(taken[i], given[i]);
		assert_int_equal(handover_way(taken[i]).nic, ways[i].nic);
		assert_int_equal(handover_way(taken[i]).as, ways[i].as);
	}
	assert_false(handover_is_empty(&p->h));
	assert_int_equal(handover_take_look(&p->h, taken, 3), 1);
	assert_ptr_equal(taken[0], given[2]);
	rte_pktmbuf_free_bulk(given, 3);
}

/* What does not fit remains with who gave it. */
static void who_takes_nothing_gets_so_many(void **state)
{
	struct rte_mbuf *m, *given[BURST_MAX];
	struct pair *p = *state;
	unsigned n = 0, some;

	packets_take(&m, 1);
	for (unsigned i = 0; i < BURST_MAX; i++)
		given[i] = m;
	do {
		some = handover_look(&p->h, given, BURST_MAX);
		n += some;
	} while (some == BURST_MAX);
	assert_int_equal(n, HANDOVER_WAITING - 1);
	assert_int_equal(handover_look(&p->h, given, 1), 0);
	assert_int_equal(handover_leave(&p->h, given, 1, (struct handover_way){ 0, VERDICT_SENT }), 1);
	while (handover_take_look(&p->h, given, BURST_MAX) || handover_take_leave(&p->h, given, BURST_MAX))
		;
	rte_pktmbuf_free(m);
}

static uint64_t rung(const struct pair *p)
{
	uint64_t n = 0;

	return read(p->bell.fd, &n, sizeof(n)) == sizeof(n) ? n : 0;
}

static void who_sleeps_is_woken(void **state)
{
	struct rte_mbuf *m;
	struct pair *p = *state;

	packets_take(&m, 1);
	assert_int_equal(handover_look(&p->h, &m, 1), 1);
	assert_int_equal(rung(p), 0);
	bell_lie_down(&p->bell);
	assert_int_equal(handover_leave(&p->h, &m, 1, (struct handover_way){ 0, VERDICT_SENT }), 1);
	assert_int_equal(rung(p), 1);
	assert_int_equal(handover_take_look(&p->h, &m, 1) + handover_take_leave(&p->h, &m, 1), 2);
	rte_pktmbuf_free(m);
}

/* Names are by who gives and who takes: of each pair there is one. */
static void of_each_direction_there_is_one(void **state)
{
	struct pair *p = *state;
	struct handover other;

	assert_int_equal(handover_open(&other, 0, 1, &p->bell), -1);
	assert_null(other.look);
	assert_int_equal(handover_open(&other, 1, 0, &p->bell), 0);
	handover_close(&other);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, pair_open, pair_close)
	const struct CMUnitTest tests[] = {
		TEST(what_is_given_is_taken_in_order), TEST(each_packet_that_is_to_leave_knows_how),
		TEST(who_takes_nothing_gets_so_many),  TEST(who_sleeps_is_woken),
		TEST(of_each_direction_there_is_one),
	};

	return cmocka_run_group_tests(tests, dpdk_begin, dpdk_end);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

#include "rtpproxy/base/ports.h"
#include "rtpproxy/path/datapath.h"

static void ranges(void **state)
{
	static const struct {
		const char *name;
		uint16_t first, last;
		uint32_t npair;
		uint16_t lowest;
	} cases[] = {
		{ "both ends even", 10000, 10004, 2, 10000 },
		{ "odd first", 10001, 10005, 2, 10002 },
		{ "one pair", 10000, 10001, 1, 10000 },
		{ "one port holds no pair", 10000, 10000, 0, 0 },
		{ "odd port and its next", 10001, 10002, 0, 0 },
		{ "last before first", 10002, 10000, 0, 0 },
		{ "port 0 is not given out", 0, 3, 1, 2 },
		{ "the very end", 65534, 65535, 1, 65534 },
		{ "nothing at the very end", 65535, 65535, 0, 0 },
		{ "the whole space", 0, 65535, 32767, 2 },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ports p;

		assert_int_equal(ports_init(&p, cases[i].first, cases[i].last, 1), 0);
		if (p.npair != cases[i].npair || ports_take(&p, 0, 0, 0) != cases[i].lowest)
			fail_msg("%s", cases[i].name);
		ports_fini(&p);
	}
}

static void every_pair_once_in_no_order(void **state)
{
	struct rig g = { .random = 7 };
	struct ports p;
	bool seen[65536] = { 0 };
	unsigned sequential = 0;
	uint16_t before = 0;

	(void)state;
	assert_int_equal(ports_init(&p, 20000, 29999, 1), 0);
	for (unsigned i = 0; i < 5000; i++) {
		uint16_t port = ports_take(&p, 0, 0, rig_random(&g));

		assert_in_range(port, 20000, 29998);
		assert_int_equal(port & 1, 0);
		assert_false(seen[port]);
		seen[port] = true;
		sequential += port == before + 2;
		before = port;
	}
	assert_true(sequential < 50);
	assert_int_equal(ports_take(&p, 0, 0, rig_random(&g)), 0);
	assert_int_equal(ports_used(&p), 5000);
	assert_int_equal(ports_left(&p), 0);
	ports_fini(&p);
}

static void rests_before_it_is_given_out_again(void **state)
{
	struct rig g = { .random = 3 };
	struct ports p;
	uint16_t port;

	(void)state;
	assert_int_equal(ports_init(&p, 100, 107, 1), 0);
	port = ports_take(&p, 0, 5000, 0);
	ports_give(&p, port, 5000);
	assert_int_equal(ports_used(&p), 0);
	for (unsigned i = 0; i < 100; i++) {
		uint16_t other = ports_take(&p, 0, 5000 + PORTS_REST_MS - 1, rig_random(&g));

		assert_int_not_equal(other, port);
		p.state[(other - 100) / 2] = PORTS_FREE;
		p.lot[0].pool[p.lot[0].npool++] = (uint16_t)((other - 100) / 2);
	}
	assert_int_equal(ports_resting(&p), 1);
	ports_take(&p, 0, 5000 + PORTS_REST_MS, 0);
	assert_int_equal(ports_resting(&p), 0);
	ports_fini(&p);
}

static void resting_pairs_are_used_when_there_is_no_other_oldest_first(void **state)
{
	struct ports p;
	uint16_t a, b;

	(void)state;
	assert_int_equal(ports_init(&p, 100, 103, 1), 0);
	a = ports_take(&p, 0, 0, 0);
	b = ports_take(&p, 0, 0, 0);
	ports_give(&p, b, 1);
	ports_give(&p, a, 2);
	assert_int_equal(ports_left(&p), 2);
	assert_int_equal(ports_take(&p, 0, 3, 0), b);
	assert_int_equal(ports_take(&p, 0, 3, 0), a);
	assert_int_equal(ports_take(&p, 0, 3, 0), 0);
	ports_fini(&p);
}

static void what_is_not_out_cannot_be_given_back(void **state)
{
	static const uint16_t foreign[] = { 0, 98, 99, 102, 104, 65534 };
	struct ports p;
	uint16_t port;

	(void)state;
	assert_int_equal(ports_init(&p, 100, 103, 1), 0);
	port = ports_take(&p, 0, 0, 0);
	assert_int_equal(port, 100);
	for (unsigned i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		ports_give(&p, foreign[i], 0);
	assert_int_equal(ports_used(&p), 1);
	ports_give(&p, port, 0);
	ports_give(&p, port, 0);
	assert_int_equal(ports_left(&p), 2);
	assert_int_equal(ports_resting(&p), 1);
	ports_fini(&p);
}

static void used_is_told_of_both_ports_of_a_pair(void **state)
{
	struct ports p;

	(void)state;
	assert_int_equal(ports_init(&p, 100, 103, 1), 0);
	assert_false(ports_is_used(&p, 100));
	assert_int_equal(ports_take(&p, 0, 0, 0), 100);
	assert_true(ports_is_used(&p, 100));
	assert_true(ports_is_used(&p, 101));
	assert_false(ports_is_used(&p, 102));
	assert_false(ports_is_used(&p, 99));
	assert_false(ports_is_used(&p, 104));
	ports_fini(&p);
}

static void parked_pairs_stay_out_until_given_back(void **state)
{
	struct ports p;
	uint32_t pos = 0;
	uint16_t port;

	(void)state;
	assert_int_equal(ports_init(&p, 100, 107, 1), 0);
	ports_take(&p, 0, 0, 1);
	port = ports_take(&p, 0, 0, 1);
	ports_park(&p, port);
	ports_park(&p, port);
	assert_int_equal(p.nparked, 1);
	assert_int_equal(ports_used(&p), 2);
	assert_int_equal(ports_parked(&p, &pos), port);
	assert_int_equal(ports_parked(&p, &pos), 0);
	ports_give(&p, port, 0);
	assert_int_equal(p.nparked, 0);
	assert_int_equal(ports_used(&p), 1);
	ports_fini(&p);
}

/* One worker's pairs are never given to another, and come back to who had them. */
static void each_lot_has_its_own(void **state)
{
	enum { LOTS = 3 };
	struct rig g = { .random = 9 };
	struct ports p;
	uint16_t port;

	(void)state;
	assert_int_equal(ports_init(&p, 10003, 10028, LOTS), 0);
	assert_int_equal(p.npair, 12);
	for (unsigned lot = 0; lot < LOTS; lot++) {
		assert_int_equal(ports_left_in(&p, lot), 4);
		while ((port = ports_take(&p, lot, 0, rig_random(&g))))
			assert_int_equal(datapath_worker(port, LOTS), lot);
		assert_int_equal(ports_left_in(&p, lot), 0);
		assert_int_equal(ports_left(&p), 4 * (LOTS - lot - 1));
	}
	ports_give(&p, 10010, 0);
	assert_int_equal(ports_resting(&p), 1);
	assert_int_equal(ports_left_in(&p, datapath_worker(10010, LOTS)), 1);
	assert_int_equal(ports_take(&p, (datapath_worker(10010, LOTS) + 1) % LOTS, 1, 0), 0);
	assert_int_equal(ports_take(&p, datapath_worker(10010, LOTS), 1, 0), 10010);
	ports_fini(&p);
}

static void one_pair_by_its_number(void **state)
{
	struct ports p;

	(void)state;
	assert_int_equal(ports_init(&p, 10000, 10007, 2), 0);
	assert_int_equal(ports_take_that(&p, 10002), 0);
	assert_true(ports_is_used(&p, 10003));
	assert_int_equal(ports_left(&p), 3);
	assert_int_equal(ports_left_in(&p, datapath_worker(10002, 2)), 1);
	/* It is out, is no RTP port, is nobody's. */
	assert_int_equal(ports_take_that(&p, 10002), -1);
	assert_int_equal(ports_take_that(&p, 10005), -1);
	assert_int_equal(ports_take_that(&p, 9998), -1);
	assert_int_equal(ports_take_that(&p, 10008), -1);
	/* Of those that rest, too; the others rest on. */
	for (uint16_t port = 10000; port <= 10004; port += 4)
		assert_int_equal(ports_take_that(&p, port), 0);
	ports_give(&p, 10000, 1);
	ports_give(&p, 10004, 2);
	assert_int_equal(ports_take_that(&p, 10004), 0);
	assert_int_equal(ports_resting(&p), 1);
	assert_int_equal(ports_take(&p, datapath_worker(10000, 2), 3, 0), 10000);
	assert_int_equal(ports_take(&p, datapath_worker(10000, 2), 3, 0), 0);
	ports_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges),
		cmocka_unit_test(every_pair_once_in_no_order),
		cmocka_unit_test(rests_before_it_is_given_out_again),
		cmocka_unit_test(resting_pairs_are_used_when_there_is_no_other_oldest_first),
		cmocka_unit_test(what_is_not_out_cannot_be_given_back),
		cmocka_unit_test(used_is_told_of_both_ports_of_a_pair),
		cmocka_unit_test(each_lot_has_its_own),
		cmocka_unit_test(one_pair_by_its_number),
		cmocka_unit_test(parked_pairs_stay_out_until_given_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

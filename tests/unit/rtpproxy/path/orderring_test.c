/* SPDX-License-Identifier: BSD-3-Clause */
/* Orders of all kinds and lengths on one ring. Needs neither root nor huge pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rtpproxy/path/eal.h"
#include "rtpproxy/path/orderring.h"

static int begin(void **state)
{
	*state = orderring_open(0);
	return *state ? 0 : -1;
}

static int end(void **state)
{
	orderring_close(*state);
	return 0;
}

/* The n-th: its last members tell it from others. */
static struct order order_make(uint32_t kind, uint32_t n)
{
	struct order o = { .kind = kind, .index = n };

	switch (kind) {
	case ORDER_SET:
		o.set.peer = n + 1;
		o.set.cover = (struct cover *)(uintptr_t)(n + 2);
		o.set.spec.session = n + 3;
		o.set.spec.signalling = (struct addr){ .ip = { 192, 0, 2, (uint8_t)n }, .family = ADDR_V4 };
		break;
	case ORDER_HOP:
		o.hop.host.ip[15] = (uint8_t)n;
		o.hop.hop = (struct hop){ .mac = { 2, 0, 0, 0, 0, (uint8_t)n }, .nic = 3 };
		break;
	case ORDER_REPLY:
		o.reply.frame = (struct rte_mbuf *)(uintptr_t)(n + 1);
		o.reply.nic = (uint8_t)n;
		break;
	case ORDER_SEND:
		o.send.n = DATAPATH_SEND_MAX;
		memset(o.send.bytes, (int)n, DATAPATH_SEND_MAX);
		break;
	case ORDER_DIAL:
		o.dial = (struct dial_order){ .id = n, .payload_type = (uint8_t)n };
		break;
	case ORDER_COPY:
		o.copy = (struct copy *)(uintptr_t)(n + 1);
		break;
	case ORDER_UNCOPY:
		o.uncopy = n + 1;
		break;
	}
	return o;
}

static void expect_same(const struct order *is, const struct order *want)
{
	assert_int_equal(is->kind, want->kind);
	assert_int_equal(is->index, want->index);
	switch (want->kind) {
	case ORDER_SET:
		assert_int_equal(is->set.peer, want->set.peer);
		assert_ptr_equal(is->set.cover, want->set.cover);
		assert_int_equal(is->set.spec.session, want->set.spec.session);
		assert_true(addr_eq(&is->set.spec.signalling, &want->set.spec.signalling));
		break;
	case ORDER_HOP:
		assert_memory_equal(&is->hop, &want->hop, sizeof(want->hop));
		break;
	case ORDER_REPLY:
		assert_ptr_equal(is->reply.frame, want->reply.frame);
		assert_int_equal(is->reply.nic, want->reply.nic);
		break;
	case ORDER_SEND:
		assert_int_equal(is->send.n, want->send.n);
		assert_memory_equal(is->send.bytes, want->send.bytes, sizeof(want->send.bytes));
		break;
	case ORDER_DIAL:
		assert_memory_equal(&is->dial, &want->dial, sizeof(want->dial));
		break;
	case ORDER_COPY:
		assert_ptr_equal(is->copy, want->copy);
		break;
	case ORDER_UNCOPY:
		assert_int_equal(is->uncopy, want->uncopy);
		break;
	}
}

/* Several times around the ring, whose end comes amid orders of every kind. */
static void all_kinds_come_out_as_they_went_in(void **state)
{
	struct rte_ring *ring = *state;
	struct order o;
	uint32_t taken = 0;

	assert_false(orderring_take(ring, &o));
	for (uint32_t n = 0; n < 2 * ORDERRING_UNITS; n++) {
		const struct order put = order_make(n * 7 % (ORDER_TICK + 1), n);

		assert_int_equal(orderring_post(ring, &put), 0);
		while (n - taken >= 100 + n % 50) {
			const struct order want = order_make(taken * 7 % (ORDER_TICK + 1), taken);

			memset(&o, 0xee, sizeof(o));
			assert_true(orderring_take(ring, &o));
			expect_same(&o, &want);
			taken++;
		}
	}
	while (orderring_take(ring, &o))
		taken++;
	assert_int_equal(taken, 2 * ORDERRING_UNITS);
}

/* Keys have no business on a ring that keeps what was on it. */
static void keys_stay_off_the_ring(void **state)
{
	struct rte_ring *ring = *state;
	struct order put = order_make(ORDER_SET, 1), o = { 0 };

	memset(put.set.spec.opens.secret, 0x55, SRTP_SECRET_MAX);
	memset(put.set.spec.seals.secret, 0x55, SRTP_SECRET_MAX);
	assert_int_equal(orderring_post(ring, &put), 0);
	assert_true(orderring_take(ring, &o));
	for (unsigned i = ORDER_UNIT; i < SRTP_SECRET_MAX; i++)
		assert_int_equal(o.set.spec.opens.secret[i], 0);
	for (unsigned i = 0; i < SRTP_SECRET_MAX; i++)
		assert_int_equal(o.set.spec.seals.secret[i], 0);
}

/* What is short takes little; where an order does not fit, nothing of it is written. */
static void has_room_by_length(void **state)
{
	struct rte_ring *ring = *state;
	const struct order set = order_make(ORDER_SET, 1), clear = order_make(ORDER_CLEAR, 2);
	const unsigned long_one = orderring_units(ORDER_SET);
	unsigned sets = 0, clears = 0;
	struct order o;

	assert_int_equal(orderring_units(ORDER_CLEAR), 1);
	while (sets <= ORDERRING_UNITS && orderring_post(ring, &set) == 0)
		sets++;
	assert_int_equal(sets, (ORDERRING_UNITS - 1) / long_one);
	assert_true(sets > 16000);
	while (clears <= long_one && orderring_post(ring, &clear) == 0)
		clears++;
	assert_int_equal(clears, (ORDERRING_UNITS - 1) % long_one);
	assert_int_equal(orderring_post(ring, &set), -1);
	assert_true(orderring_take(ring, &o));
	assert_int_equal(orderring_post(ring, &set), 0);
	while (orderring_take(ring, &o))
		assert_int_equal(o.index, o.kind == ORDER_SET ? 1 : 2);
}

static int dpdk_begin(void **state)
{
	const struct eal_ask ask = { .megabytes = 32, .workers = 1 };
	char error[256];

	(void)state;
	if (eal_start(&ask, error, sizeof(error)) == 0)
		return 0;
	print_error("%s\n", error);
	return -1;
}

static int dpdk_end(void **state)
{
	(void)state;
	eal_stop();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_kinds_come_out_as_they_went_in, begin, end),
		cmocka_unit_test_setup_teardown(keys_stay_off_the_ring, begin, end),
		cmocka_unit_test_setup_teardown(has_room_by_length, begin, end),
	};
	return cmocka_run_group_tests(tests, dpdk_begin, dpdk_end);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rtpproxy/path/eal.h"
#include "tests/unit/alg/net/datagram.h"

static struct addr addr(const char *text)
{
	struct addr a;

	if (addr_parse(span_str(text), 0, &a))
		fail_msg("%s", text);
	return a;
}

static struct reply reply_of(const char *from, const char *to, uint16_t n)
{
	struct reply r = { .own = { 0, 10000 }, .from = addr(from), .to = addr(to), .n = n };

	memset(r.bytes, 'x', n);
	return r;
}

static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 1 };
static const struct hop hop = { .mac = { 2, 0, 0, 0, 0, 9 } };

static void a_reply_is_a_whole_frame(void **state)
{
	static const char *const ways[][2] = { { "192.0.2.1:10000", "198.51.100.7:4000" },
					       { "[2001:db8::1]:10000", "[2001:db8::7]:4000" } };
	struct replies r = { 0 };
	(void)state;

	for (unsigned i = 0; i < 2; i++) {
		const struct reply reply = reply_of(ways[i][0], ways[i][1], 101);
		struct rte_mbuf *m = reply_frame(&r, &reply, &hop, mac, 1514);
		const uint8_t *p = rte_pktmbuf_mtod(m, const uint8_t *);
		uint8_t expected[DATAGRAM_MAX];

		assert_int_equal(m->data_len, datagram_write(expected, &reply.from, &reply.to, reply.bytes, reply.n));
		assert_true(datagram_sound(p));
		assert_memory_equal(p, hop.mac, 6);
		assert_memory_equal(p + 6, mac, 6);
		assert_memory_equal(p + m->data_len - reply.n - 8, expected + m->data_len - reply.n - 8, reply.n + 8u);
		rte_pktmbuf_free(m);
	}
	assert_int_equal(rte_mempool_in_use_count(r.pool), 0);
	replies_close(&r);
}

static void what_no_interface_takes_is_none(void **state)
{
	const struct reply most = reply_of("192.0.2.1:10000", "198.51.100.7:4000", 1472);
	const struct reply more = reply_of("192.0.2.1:10000", "198.51.100.7:4000", 1473);
	struct replies r = { 0 };
	struct rte_mbuf *m = reply_frame(&r, &most, &hop, mac, 1514);
	(void)state;

	assert_non_null(m);
	rte_pktmbuf_free(m);
	assert_null(reply_frame(&r, &more, &hop, mac, 1514));
	replies_close(&r);
}

static void of_each_port_the_last_one_waits(void **state)
{
	const struct way near = { .state = WAY_RESOLVING }, far = { .state = WAY_RESOLVING };
	struct reply first = reply_of("192.0.2.1:10000", "198.51.100.7:4000", 1);
	struct reply second = reply_of("192.0.2.1:10000", "198.51.100.8:4000", 2);
	struct reply other = reply_of("192.0.2.1:10000", "198.51.100.7:4000", 3);
	struct replies r = { 0 };
	struct reply_wait *w;
	(void)state;

	other.own.port = 10002;
	assert_null(reply_next(&r, &near, 0));
	assert_null(reply_wait(&r, &first, &near, 0));
	assert_ptr_equal(reply_wait(&r, &second, &far, 5), &near);
	assert_null(reply_next(&r, &near, 5));
	assert_null(reply_wait(&r, &other, &far, 7));
	w = reply_next(&r, &far, 7);
	assert_int_equal(w->reply.n, 2);
	w->way = NULL;
	w = reply_next(&r, &far, 7);
	assert_int_equal(w->reply.n, 3);
	/* Not for ever. */
	assert_null(reply_next(&r, NULL, 7 + REPLY_WAIT_MS - 1));
	assert_ptr_equal(reply_next(&r, NULL, 7 + REPLY_WAIT_MS), w);
	replies_close(&r);
}

static void who_waits_longest_gives_way(void **state)
{
	struct reply reply = reply_of("192.0.2.1:10000", "198.51.100.7:4000", 1);
	struct way ways[REPLY_WAITS + 1] = { 0 };
	struct replies r = { 0 };
	(void)state;

	for (unsigned i = 0; i < REPLY_WAITS; i++, reply.own.port++)
		assert_null(reply_wait(&r, &reply, &ways[i], 100 + (i + 7) % REPLY_WAITS));
	assert_ptr_equal(reply_wait(&r, &reply, &ways[REPLY_WAITS], 500), &ways[REPLY_WAITS - 7]);
	replies_close(&r);
}

static int dpdk_begin(void **state)
{
	const struct eal_ask ask = { .megabytes = 32, .workers = 1 };
	char error[256];

	(void)state;
	return eal_start(&ask, error, sizeof(error));
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
		cmocka_unit_test(a_reply_is_a_whole_frame),
		cmocka_unit_test(what_no_interface_takes_is_none),
		cmocka_unit_test(of_each_port_the_last_one_waits),
		cmocka_unit_test(who_waits_longest_gives_way),
	};

	return cmocka_run_group_tests(tests, dpdk_begin, dpdk_end);
}

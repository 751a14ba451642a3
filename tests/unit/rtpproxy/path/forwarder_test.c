/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/forwarder.h"

#include "tests/unit/rtpproxy/receiver.h"

#include <errno.h>

static struct receiver_pools pools;

enum { NOW = 1000, WAIT_MS = 20 };

static void put(struct forwarder *f, const char *name)
{
	struct rte_mbuf *m = receiver_copy(&pools, name);

	forwarder_put(f, m);
	rte_pktmbuf_free(m);
}

static void begin(struct forwarder *f, const struct receiver *r)
{
	if (forwarder_open(f, r->to, "call-1", WAIT_MS, NOW))
		fail_msg("%s: %s", r->to, strerror(errno));
	assert_int_equal(f->state, FORWARDER_FLOWS);
}

/* Three packets, then the end. */
static void passes(const struct receiver *r)
{
	struct forwarder f = { 0 };
	struct received s = received_new();
	int fd;

	begin(&f, r);
	fd = receiver_accept(r);
	put(&f, "first");
	put(&f, "second");
	assert_int_equal(forwarder_turn(&f, NOW), FORWARDER_FLOWS);
	assert_int_equal(f.held, 0);
	put(&f, "third");
	forwarder_end(&f, NOW);
	assert_int_equal(forwarder_turn(&f, NOW), FORWARDER_FREE);
	received_read_to_its_end(&s, fd);
	assert_int_equal(received_packets(&s, "call-1"), 3);
	assert_true(received_has(&s, "first") && received_has(&s, "second") && received_has(&s, "third"));
	received_free(&s);
	close(fd);
}

static void over_all_that_there_is(void **state)
{
	struct receiver r;

	(void)state;
	receiver_open(&r);
	passes(&r);
	receiver_close(&r);
	receiver_open_tcp(&r, AF_INET, 1);
	passes(&r);
	receiver_close(&r);
	receiver_open_tcp(&r, AF_INET6, 1);
	passes(&r);
	receiver_close(&r);
}

static void who_does_not_read_gets_whole_blocks_later(void **state)
{
	struct forwarder f = { 0 };
	struct received s = received_new();
	struct receiver r;
	unsigned n = 0;
	int fd;

	(void)state;
	receiver_open_tcp(&r, AF_INET, 1);
	begin(&f, &r);
	fd = receiver_accept(&r);
	for (; f.dropped < 100; n++) {
		put(&f, "x");
		assert_int_equal(forwarder_turn(&f, NOW), FORWARDER_FLOWS);
		assert_true(f.held <= FORWARDER_ROOM && n < 100000);
	}
	assert_int_equal(f.packets + f.dropped, n);
	forwarder_end(&f, NOW);
	while (forwarder_turn(&f, NOW) == FORWARDER_FLOWS)
		received_read(&s, fd);
	received_read_to_its_end(&s, fd);
	assert_int_equal(received_packets(&s, "call-1"), n - 100);
	received_free(&s);
	close(fd);
	receiver_close(&r);
}

/* There is room again once it has read. */
static void who_reads_again_gets_more(void **state)
{
	struct forwarder f = { 0 };
	struct received s = received_new();
	struct receiver r;
	int fd;

	(void)state;
	receiver_open(&r);
	begin(&f, &r);
	fd = receiver_accept(&r);
	while (!f.dropped) {
		put(&f, "x");
		forwarder_turn(&f, NOW);
	}
	while (f.held) {
		received_read(&s, fd);
		assert_int_equal(forwarder_turn(&f, NOW), FORWARDER_FLOWS);
	}
	put(&f, "afterwards");
	forwarder_turn(&f, NOW);
	received_read(&s, fd);
	assert_int_equal(received_packets(&s, "call-1"), f.packets);
	assert_true(received_has(&s, "afterwards"));
	assert_int_equal(f.dropped, 1);
	forwarder_close(&f);
	received_free(&s);
	close(fd);
	receiver_close(&r);
}

static void who_is_gone_may_come_again(void **state)
{
	struct forwarder f = { 0 };
	struct received s = received_new();
	struct receiver r;
	int fd;

	(void)state;
	receiver_open(&r);
	begin(&f, &r);
	close(receiver_accept(&r));
	put(&f, "lost");
	assert_int_equal(forwarder_turn(&f, NOW), FORWARDER_GONE);
	assert_int_equal(f.why, EPIPE);
	put(&f, "dropped");
	assert_int_equal(f.dropped, 1);
	assert_int_equal(forwarder_turn(&f, NOW), FORWARDER_GONE);
	assert_int_equal(forwarder_again(&f, r.to, NOW), 0);
	fd = receiver_accept(&r);
	put(&f, "again");
	assert_int_equal(forwarder_turn(&f, NOW), FORWARDER_FLOWS);
	received_read(&s, fd);
	assert_int_equal(received_packets(&s, "call-1"), 1);
	assert_true(received_has(&s, "again"));
	assert_int_equal(f.packets, 2);
	close(fd);
	/* It goes, and nobody is there: it stays gone. */
	put(&f, "lost");
	assert_int_equal(forwarder_turn(&f, NOW), FORWARDER_GONE);
	receiver_close(&r);
	assert_int_equal(forwarder_again(&f, r.to, NOW), -1);
	assert_int_equal(forwarder_turn(&f, NOW), FORWARDER_GONE);
	forwarder_end(&f, NOW);
	assert_int_equal(forwarder_turn(&f, NOW), FORWARDER_FREE);
	received_free(&s);
}

static void nobody_there(void **state)
{
	struct forwarder f = { .packets = 7 };
	struct receiver r;

	(void)state;
	receiver_open(&r);
	receiver_close(&r);
	assert_int_equal(forwarder_open(&f, r.to, "call-1", WAIT_MS, NOW), -1);
	assert_int_equal(errno, ENOENT);
	receiver_open_tcp(&r, AF_INET, 1);
	receiver_close(&r);
	assert_int_equal(forwarder_open(&f, r.to, "call-1", WAIT_MS, NOW), -1);
	assert_int_equal(errno, ECONNREFUSED);
	assert_int_equal(forwarder_open(&f, "udp:127.0.0.1:9", "call-1", WAIT_MS, NOW), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(f.packets, 7);
	assert_int_equal(f.state, FORWARDER_FREE);
}

/* Of the rest of a call that is over. */
static void who_does_not_read_is_not_waited_for_for_ever(void **state)
{
	struct forwarder f = { 0 };
	struct receiver r;

	(void)state;
	receiver_open(&r);
	begin(&f, &r);
	while (!f.dropped) {
		put(&f, "x");
		forwarder_turn(&f, NOW);
	}
	forwarder_end(&f, NOW);
	assert_int_equal(forwarder_turn(&f, NOW + FORWARDER_END_MS - 1), FORWARDER_FLOWS);
	assert_int_equal(forwarder_turn(&f, NOW + FORWARDER_END_MS), FORWARDER_FREE);
	receiver_close(&r);
}

/* A host that does not answer: one whose queue of connections is full says nothing to more. */
static void who_takes_long(void **state)
{
	struct forwarder f[8] = { 0 }, *last = f;
	struct received s = received_new();
	struct receiver r;
	int fd;

	(void)state;
	receiver_open_tcp(&r, AF_INET, 0);
	for (unsigned i = 0; i < 8 && last->state != FORWARDER_CONNECTING; i++) {
		last = &f[i];
		assert_int_equal(forwarder_open(last, r.to, "call-1", WAIT_MS, NOW), 0);
	}
	assert_int_equal(last->state, FORWARDER_CONNECTING);
	put(last, "while it takes long");
	assert_int_equal(forwarder_turn(last, NOW + FORWARDER_CONNECT_MS - 1), FORWARDER_CONNECTING);
	/* Others give way: their place is its. */
	for (struct forwarder *other = f; other < last; other++) {
		close(receiver_accept(&r));
		forwarder_close(other);
	}
	for (unsigned i = 0; forwarder_turn(last, NOW) == FORWARDER_CONNECTING; i++) {
		assert_true(i < RECEIVER_PATIENCE_MS / 10);
		poll(NULL, 0, 10);
	}
	assert_int_equal(last->state, FORWARDER_FLOWS);
	fd = receiver_accept(&r);
	forwarder_end(last, NOW);
	assert_int_equal(forwarder_turn(last, NOW), FORWARDER_FREE);
	received_read_to_its_end(&s, fd);
	assert_int_equal(received_packets(&s, "call-1"), 1);
	received_free(&s);
	close(fd);
	receiver_close(&r);
}

static void who_takes_too_long(void **state)
{
	struct forwarder f[8] = { 0 };
	struct receiver r;
	unsigned n = 0;

	(void)state;
	receiver_open_tcp(&r, AF_INET, 0);
	do
		assert_int_equal(forwarder_open(&f[n], r.to, "call-1", WAIT_MS, NOW), 0);
	while (f[n++].state != FORWARDER_CONNECTING);
	assert_int_equal(forwarder_turn(&f[n - 1], NOW + FORWARDER_CONNECT_MS), FORWARDER_GONE);
	assert_int_equal(f[n - 1].why, ETIMEDOUT);
	while (n--)
		forwarder_close(&f[n]);
	receiver_close(&r);
}

static int dpdk_begin(void **state)
{
	(void)state;
	return receiver_dpdk_begin(&pools);
}

static int dpdk_end(void **state)
{
	(void)state;
	return receiver_dpdk_end(&pools);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(over_all_that_there_is),
		cmocka_unit_test(who_does_not_read_gets_whole_blocks_later),
		cmocka_unit_test(who_reads_again_gets_more),
		cmocka_unit_test(who_is_gone_may_come_again),
		cmocka_unit_test(nobody_there),
		cmocka_unit_test(who_does_not_read_is_not_waited_for_for_ever),
		cmocka_unit_test(who_takes_long),
		cmocka_unit_test(who_takes_too_long),
	};

	return cmocka_run_group_tests(tests, dpdk_begin, dpdk_end);
}

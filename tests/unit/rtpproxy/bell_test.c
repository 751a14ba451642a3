/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/bell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>

static bool rings(const struct bell *b)
{
	struct pollfd p = { .fd = b->fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static int begin(void **state)
{
	static struct bell b;

	*state = &b;
	return bell_open(&b);
}

static int end(void **state)
{
	bell_close(*state);
	return 0;
}

static void who_is_awake_is_not_rung_for(void **state)
{
	struct bell *b = *state;

	bell_ring(b);
	assert_false(rings(b));
	bell_lie_down(b);
	assert_false(rings(b));
	bell_get_up(b);
	bell_ring(b);
	assert_false(rings(b));
}

static void who_sleeps_is_woken(void **state)
{
	struct bell *b = *state;

	for (unsigned i = 0; i < 3; i++) {
		bell_lie_down(b);
		bell_ring(b);
		assert_true(rings(b));
		bell_get_up(b);
		assert_false(rings(b));
	}
}

/* The first ring counts: others need no system call, and one getting up is enough for all. */
static void many_rings_are_one(void **state)
{
	struct bell *b = *state;

	bell_lie_down(b);
	bell_ring(b);
	assert_int_equal(b->asleep, 0);
	bell_ring(b);
	bell_ring(b);
	bell_get_up(b);
	assert_false(rings(b));
}

static void it_is_nobody_elses(void **state)
{
	struct bell *b = *state;

	assert_true(fcntl(b->fd, F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(b->fd, F_GETFL) & O_NONBLOCK);
	bell_close(b);
	assert_int_equal(b->fd, -1);
	bell_close(b); /* once more does no harm */
}

/* ----- two threads: whatever one has put there, the other one sees before it sleeps, or is woken ----- */

enum { THINGS = 20000 };

struct hall {
	struct bell bell;
	uint32_t things; /* atomic */
};

static void *bring(void *arg)
{
	struct hall *h = arg;

	for (unsigned i = 0; i < THINGS; i++) {
		__atomic_fetch_add(&h->things, 1, __ATOMIC_RELAXED);
		bell_ring(&h->bell);
	}
	return NULL;
}

/* A ring that gets lost lets this wait for good: run-unit ends it. */
static void take_all(struct hall *h)
{
	struct pollfd p = { .fd = h->bell.fd, .events = POLLIN };
	uint32_t taken = 0;

	while (taken < THINGS) {
		bell_lie_down(&h->bell);
		if (__atomic_load_n(&h->things, __ATOMIC_RELAXED) == 0)
			assert_int_equal(poll(&p, 1, -1), 1);
		bell_get_up(&h->bell);
		taken += __atomic_exchange_n(&h->things, 0, __ATOMIC_RELAXED);
	}
	assert_int_equal(taken, THINGS);
}

static void no_ring_gets_lost(void **state)
{
	struct hall h = { .things = 0 };
	pthread_t other;

	(void)state;
	assert_int_equal(bell_open(&h.bell), 0);
	assert_int_equal(pthread_create(&other, NULL, bring, &h), 0);
	take_all(&h);
	pthread_join(other, NULL);
	bell_close(&h.bell);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_is_awake_is_not_rung_for, begin, end),
		cmocka_unit_test_setup_teardown(who_sleeps_is_woken, begin, end),
		cmocka_unit_test_setup_teardown(many_rings_are_one, begin, end),
		cmocka_unit_test_setup_teardown(it_is_nobody_elses, begin, end),
		cmocka_unit_test(no_ring_gets_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

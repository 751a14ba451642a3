/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rtpproxy/waitfd.h"

enum { MAX = 8 };

static void other_sockets_are_not_found(void **state)
{
	struct pollfd found[MAX];
	const int udp = socket(AF_INET, SOCK_DGRAM, 0);
	(void)state;

	assert_true(udp >= 0);
	assert_int_equal(waitfd_find(found, MAX), 0);
	close(udp);
}

/* Opening one takes the right to: without it there is nothing to find. */
static void packet_sockets_are_found(void **state)
{
	struct pollfd found[MAX];
	const int first = socket(AF_PACKET, SOCK_RAW, 0), second = socket(AF_PACKET, SOCK_RAW, 0);
	(void)state;

	if (first < 0 || second < 0)
		skip();
	assert_int_equal(waitfd_find(found, MAX), 2);
	assert_true(found[0].fd == first || found[0].fd == second);
	assert_int_equal(found[0].events, POLLIN);
	assert_int_equal(waitfd_find(found, 1), 1);
	close(first);
	close(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_sockets_are_not_found),
		cmocka_unit_test(packet_sockets_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rtpproxy/path/waitfd.h"

static void other_sockets_are_not_found(void **state)
{
	struct waitfd found;
	const int udp = socket(AF_INET, SOCK_DGRAM, 0);
	(void)state;

	assert_true(udp >= 0);
	waitfd_find(&found);
	assert_int_equal(found.n, 0);
	close(udp);
}

/* Opening one takes the right to: without it there is nothing to find. */
static void packet_sockets_are_found(void **state)
{
	struct waitfd found;
	const int first = socket(AF_PACKET, SOCK_RAW, 0), second = socket(AF_PACKET, SOCK_RAW, 0);
	(void)state;

	if (first < 0 || second < 0)
		skip();
	waitfd_find(&found);
	assert_int_equal(found.n, 2);
	assert_int_equal(found.fd[0], first);
	assert_int_equal(found.fd[1], second);
	close(first);
	close(second);
}

/* So they are told apart: by what was there before. */
static void those_opened_since_are_known_in_order(void **state)
{
	const int before = socket(AF_PACKET, SOCK_RAW, 0), udp = socket(AF_INET, SOCK_DGRAM, 0);
	int fresh[2] = { -1, -1 }, first, second;
	struct waitfd found;
	(void)state;

	if (before < 0)
		skip();
	waitfd_find(&found);
	close(udp); /* leaves a gap */
	first = socket(AF_PACKET, SOCK_RAW, 0);
	second = socket(AF_PACKET, SOCK_RAW, 0);
	assert_false(waitfd_opened(&found, fresh, 1));
	assert_int_equal(fresh[0], -1);
	assert_true(waitfd_opened(&found, fresh, 2));
	assert_int_equal(fresh[0], first);
	assert_int_equal(fresh[1], second);
	close(before);
	close(first);
	close(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_sockets_are_not_found),
		cmocka_unit_test(packet_sockets_are_found),
		cmocka_unit_test(those_opened_since_are_known_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <unistd.h>

#include "alg/os/hostaddr.h"

/* Whatever this machine has: it must be an address of its own, one that can be bound. */
static void an_address_of_this_machine(void **state)
{
	struct sockaddr_storage sa;
	struct addr a, again;
	socklen_t len;
	int fd;

	(void)state;
	hostaddr_find(&a);
	assert_true(addr_is_unicast(&a));
	assert_int_equal(a.port, 0);
	hostaddr_find(&again);
	assert_true(addr_eq(&a, &again));
	len = addr_to_sockaddr(&a, &sa);
	fd = socket(sa.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, len), 0);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_of_this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

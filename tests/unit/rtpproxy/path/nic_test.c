/* SPDX-License-Identifier: BSD-3-Clause */
/* What is decided before an interface is touched; none is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "rtpproxy/path/nic.h"

enum { CLAIM_TRIES = 10000 };

static void names(void **state)
{
	(void)state;
	assert_string_equal(nic_kind_name(NIC_AF_XDP), "af_xdp");
	assert_string_equal(nic_kind_name(NIC_AF_PACKET), "af_packet");
	assert_string_equal(nic_kind_name(NIC_DEVICE), "device");
	assert_string_equal(nic_kind_name(NIC_KERNEL), "kernel");
	assert_string_equal(nic_kind_name(NIC_KIND_N), "?");
}

/* lo tells of no queues. */
static void who_does_not_tell_has_one_queue(void **state)
{
	(void)state;
	assert_int_equal(nic_queues("lo"), 1);
	assert_int_equal(nic_queues("nosuch"), 1);
}

static void an_interface_that_is_not_there(void **state)
{
	const struct media_ranges ranges = { .n = 0 };
	struct nic n = { .port = 77 };
	char error[256];
	(void)state;

	for (enum nic_kind kind = NIC_AF_XDP; kind <= NIC_AF_PACKET; kind++) {
		assert_int_equal(nic_open(&n, "nosuch", kind, 0, 1, &ranges, NULL, error, sizeof(error)), -1);
		assert_string_equal(error, "there is no interface nosuch (a realm's \"interface\" names it)");
		assert_int_equal(n.port, 77); /* left alone */
	}
}

/* As claim_take() has it. The same test beside this one has it for a moment only: then it is ours. */
static int claim(unsigned ifindex)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	const int n = snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1, "natsbc/media/%u", ifindex);
	const socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n);

	for (int i = 0; bind(fd, (struct sockaddr *)&name, len); i++) {
		assert_int_equal(errno, EADDRINUSE);
		assert_true(i < CLAIM_TRIES);
		usleep(1000);
	}
	return fd;
}

/* Two relays would take each other's programs off. */
static void one_that_another_relay_has(void **state)
{
	const int held = claim(if_nametoindex("lo"));
	const struct media_ranges ranges = { .n = 0 };
	char error[256];
	struct nic n;
	(void)state;

	assert_int_equal(nic_open(&n, "lo", NIC_AF_PACKET, 0, 1, &ranges, NULL, error, sizeof(error)), -1);
	assert_string_equal(error, "lo is in use by another rtpproxy");
	close(held);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(who_does_not_tell_has_one_queue),
		cmocka_unit_test(an_interface_that_is_not_there),
		cmocka_unit_test(one_that_another_relay_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Of this host's kernel, which tells or does not: what it never says is that lo sends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <net/if.h>

#include "rtpproxy/xdpfeatures.h"

static void what_the_kernel_says(void **state)
{
	struct xdpfeatures_ask ask;
	const unsigned lo = if_nametoindex("lo");
	(void)state;

	xdpfeatures_open(&ask);
	if (ask.socket)
		assert_int_equal(xdpfeatures_of(&ask, lo), XDPFEATURES_DROPS);
	assert_int_equal(xdpfeatures_of(&ask, INT32_MAX), XDPFEATURES_UNTOLD); /* there is no such interface */
	xdpfeatures_close(&ask);
	assert_int_equal(xdpfeatures_of(&ask, lo), XDPFEATURES_UNTOLD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_kernel_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

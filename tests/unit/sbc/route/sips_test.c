/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "sbc/route/sips.h"

/* What stays are the places over TLS, in their order, and they are asked by a sips URI. */
static void only_secure_places(void **state)
{
	static const uint8_t transports[] = { CONF_UDP, CONF_TLS, CONF_TCP, CONF_WSS, CONF_WS };
	struct route r = { .n = 5 };

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		r.target[i] = (struct route_target){ .leg.flow.transport = transports[i], .group = i };
	sips_filter(&r);
	assert_int_equal(r.n, 2);
	assert_int_equal(r.target[0].group, 1);
	assert_int_equal(r.target[1].group, 3);
	assert_true(r.target[0].leg.secure && r.target[1].leg.secure);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(only_secure_places) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

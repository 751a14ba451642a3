/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "sbc/base/transport.h"

static void names_and_ports(void **state)
{
	static const struct {
		enum conf_transport transport;
		const char *via, *param;
		uint16_t port;
		bool secure;
	} cases[] = {
		{ CONF_UDP, "UDP", "", 5060, false },
		{ CONF_TCP, "TCP", ";transport=tcp", 5060, false },
		{ CONF_TLS, "TLS", ";transport=tls", 5061, true },
		{ CONF_WS, "WS", ";transport=ws", 80, false },
		{ CONF_WSS, "WSS", ";transport=ws", 443, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct transport *t = transport_info(cases[i].transport);

		assert_true(span_eq(t->via, span_str(cases[i].via)));
		assert_true(span_eq(t->param, span_str(cases[i].param)));
		assert_int_equal(t->port, cases[i].port);
		assert_int_equal(t->secure, cases[i].secure);
	}
}

static void listeners(void **state)
{
	static const struct conf_realm realm = {
		.listen = { { CONF_UDP, 5060 }, { CONF_TLS, 5061 }, { CONF_TLS, 5062 } },
		.nlisten = 3,
	};

	(void)state;
	assert_int_equal(transport_listener(&realm, CONF_UDP), 0);
	assert_int_equal(transport_listener(&realm, CONF_TLS), 1);
	assert_int_equal(transport_listener(&realm, CONF_TCP), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_ports),
		cmocka_unit_test(listeners),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

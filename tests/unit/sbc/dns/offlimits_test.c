/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sbc/dns/offlimits.h"

enum { LAN, HERE, LINK, SIX };

static const char *const own[] = { "10.0.0.5", "127.0.0.1", "169.254.1.5", "2001:db8::5" };

static const struct {
	unsigned realm;
	const char *to;
	enum reach reach;
} cases[] = {
	{ LAN, "10.0.0.20:5060", REACH_FINE },
	{ LAN, "10.0.0.5:5060", REACH_FINE }, /* a call may go through us twice */
	{ LAN, "127.0.0.1:5060", REACH_LOOPBACK },
	{ LAN, "[::ffff:127.0.0.1]:5060", REACH_LOOPBACK },
	{ LAN, "[64:ff9b::a9fe:a9fe]:80", REACH_LINK_LOCAL },
	{ LAN, "169.254.169.254:80", REACH_LINK_LOCAL },
	{ LAN, "0.0.0.0:5060", REACH_UNSPECIFIED },
	{ LAN, "[ff02::1]:5060", REACH_MULTICAST },
	{ LAN, "255.255.255.255:5060", REACH_BROADCAST },
	{ LAN, "10.0.0.5:2223", REACH_OWN }, /* commands, at any address */
	{ LAN, "[::ffff:10.0.0.5]:2223", REACH_OWN },
	{ LAN, "10.0.0.20:2223", REACH_FINE }, /* of somebody else */
	{ LAN, "10.0.0.5:2224", REACH_OWN },   /* commands, at this one */
	{ LAN, "10.0.0.20:2224", REACH_FINE },
	{ HERE, "127.0.0.1:5070", REACH_FINE },
	{ HERE, "127.0.0.1:8080", REACH_OWN },
	{ HERE, "[::ffff:127.0.0.1]:8080", REACH_OWN },
	{ HERE, "127.0.0.2:8080", REACH_FINE },
	{ HERE, "127.0.0.2:2223", REACH_OWN },
	{ HERE, "169.254.169.254:80", REACH_LINK_LOCAL },
	{ LINK, "169.254.7.7:5060", REACH_FINE },
	{ LINK, "127.0.0.1:5060", REACH_LOOPBACK },
	{ SIX, "[2001:db8::20]:5060", REACH_FINE },
	{ SIX, "[::1]:8080", REACH_LOOPBACK },
	{ SIX, "[fe80::1]:5060", REACH_LINK_LOCAL },
};

static void all(void **state)
{
	struct config conf = { .nrealm = sizeof(own) / sizeof(*own),
			       .relay = { .ng = { "unix:/run/natsbc/ng.sock", "udp:0.0.0.0:2223", "tcp:10.0.0.5:2224" },
					  .nng = 3 } };
	struct addr to;

	(void)state;
	for (unsigned i = 0; i < conf.nrealm; i++)
		assert_int_equal(addr_parse_host(span_str(own[i]), &conf.realms[i].address), 0);
	assert_int_equal(addr_parse(SPAN("127.0.0.1:8080"), 0, &conf.api.http), 0);
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		enum reach got;

		assert_int_equal(addr_parse(span_str(cases[i].to), 0, &to), 0);
		got = offlimits(&conf, cases[i].realm, &to);
		if (got != cases[i].reach)
			fail_msg("%s from %s: %s, wanted %s", cases[i].to, own[cases[i].realm], reach_name(got),
				 reach_name(cases[i].reach));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(all) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

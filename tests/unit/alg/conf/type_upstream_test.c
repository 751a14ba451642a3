/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/alg/conf/config_case.h"

#define REALM "{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\",\"public\":\"auto\"}},\"pinholes\":{\"upstream\":{"

static void reads(void **state)
{
	static const struct config_case cases[] = {
		{ "", "" },
		{ "\"gateway\":\"auto\"", "" },
		{ "\"gateway\":\"192.168.1.1\",\"protocol\":\"off\"", "" },
		{ "\"gateway\":\"router\"",
		  "pinholes.upstream.gateway: \"router\" is not the address of a router, as \"192.168.1.1\"" },
		{ "\"gateway\":\"224.0.0.1\"",
		  "pinholes.upstream.gateway: \"224.0.0.1\" is not the address of a router, as \"192.168.1.1\"" },
		{ "\"lifetime\":\"10s\"", "pinholes.upstream.lifetime: must be 30s to 1d, in whole seconds" },
		{ "\"stun\":[\"192.0.2.78\",\"[2001:db8::1]:3479\"]", "" },
		{ "\"stun\":[\"stun.example.net\"]",
		  "pinholes.upstream.stun[0]: \"stun.example.net\" is not the address of a STUN server, as "
		  "\"192.0.2.78:3478\"" },
		{ "\"protocol\":\"upnp\"",
		  "pinholes.upstream.protocol: \"upnp\" is not one of: pcp, off. Did you mean \"pcp\"?" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALM, "}}}");
}

static void is_stored(void **state)
{
	struct config *c = conf_load(SPAN(REALM "\"gateway\":\"192.168.1.1\",\"stun\":[\"192.0.2.78\"]}}}"), "sbc.json",
				     NULL, NULL);
	char text[ADDR_TEXT_MAX];

	(void)state;
	assert_non_null(c);
	assert_true(c->realms[0].public_auto);
	assert_true(addr_eq(&c->realms[0].public, &c->realms[0].address));
	assert_int_equal(c->pinholes.upstream.lifetime_s, 120);
	assert_string_equal(addr_text(&c->pinholes.upstream.gateway, text), "192.168.1.1:0");
	assert_string_equal(addr_text(&c->pinholes.upstream.stun[0], text), "192.0.2.78:3478");
	conf_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(is_stored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

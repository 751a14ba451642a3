/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/alg/conf/config_case.h"

#define REALM "{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\""

static void allow(void **state)
{
	static const struct config_case cases[] = {
		{ "\"10.0.0.0/8\",\"2001:db8::/32\",\"192.0.2.7\"", "" },
		{ "\"office\"", "guard.allow[0]: \"office\" is not a network such as \"10.0.0.0/8\"" },
		{ "7", "guard.allow[0]: expected a network such as \"10.0.0.0/8\", found a number" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALM "}},\"guard\":{\"allow\":[", "]}}");
}

static void of_a_realm(void **state)
{
	static const struct config_case cases[] = {
		{ "\"per-source\":0,\"failed-auth\":0,\"ban\":\"0\"", "" },
		{ "\"per-source\":100001", "realms.lan.guard.per-source: must be 0 to 100000" },
		{ "\"failed-auth\":1001", "realms.lan.guard.failed-auth: must be 0 to 1000" },
		{ "\"ban\":\"31d\"", "realms.lan.guard.ban: must be 1s to 30d, in whole seconds, or 0" },
		{ "\"bans\":\"1h\"", "realms.lan.guard.bans: unknown key. Did you mean \"ban\"?" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALM ",\"guard\":{", "}}}}");
}

static void is_stored(void **state)
{
	struct config *c =
		conf_load(SPAN(REALM ",\"guard\":{\"ban\":\"2m\"}}},\"guard\":{\"allow\":[\"192.0.2.0/24\"]}}"),
			  "sbc.json", NULL, NULL);
	struct addr a;

	(void)state;
	assert_non_null(c);
	assert_int_equal(c->realms[0].guard.per_source, 50);
	assert_int_equal(c->realms[0].guard.failed_auth, 10);
	assert_int_equal(c->realms[0].guard.ban_s, 120);
	assert_int_equal(c->nallow, 1);
	assert_int_equal(addr_parse_host(SPAN("192.0.2.9"), &a), 0);
	assert_true(prefix_has(&c->allow[0], &a));
	conf_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allow),
		cmocka_unit_test(of_a_realm),
		cmocka_unit_test(is_stored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

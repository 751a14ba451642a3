/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/alg/conf/config_case.h"

#define REALMS "{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\"}},\"pinholes\":{"
#define WANT   " is not a realm and ports such as \"lan:10000-19999\""

static void keys(void **state)
{
	static const struct config_case cases[] = {
		{ "", "" },
		{ "\"nftables\":\"off\",\"socket\":\"/tmp/x\",\"idle\":\"5s\",\"calls\":\"always\"", "" },
		{ "\"nftables\":\"on\"", "pinholes.nftables: \"on\" is not one of: own, off. Did you mean \"own\"?" },
		{ "\"socket\":\"none\"", "pinholes.socket: expected an absolute path of at most 107 bytes" },
		{ "\"idle\":\"1s\"", "pinholes.idle: must be 2s to 1h, in whole seconds" },
		{ "\"calls\":\"no\"", "pinholes.calls: \"no\" is not one of: auto, always, never" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS, "}}");
}

static void forward(void **state)
{
	static const struct config_case cases[] = {
		{ "[\"lan:10000-19999\",\"lan:5060\"]", "" },
		{ "[\"lan\"]", "pinholes.forward[0]: \"lan\"" WANT },
		{ "[\"lan:\"]", "pinholes.forward[0]: \"lan:\"" WANT },
		{ "[\"lan:0-10\"]", "pinholes.forward[0]: \"lan:0-10\"" WANT },
		{ "[\"lan:10-9\"]", "pinholes.forward[0]: \"lan:10-9\"" WANT },
		{ "[\"lan:10-65536\"]", "pinholes.forward[0]: \"lan:10-65536\"" WANT },
		{ "[\"lan:10-20-30\"]", "pinholes.forward[0]: \"lan:10-20-30\"" WANT },
		{ "[\"lam:1-2\"]", "pinholes.forward[0]: no such realm: \"lam\". Did you mean \"lan\"?" },
		{ "[1]",
		  "pinholes.forward[0]: expected a realm and ports such as \"lan:10000-19999\", found a number" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS "\"forward\":", "}}");
}

static void what_is_kept(void **state)
{
	static const char text[] = REALMS "\"forward\":[\"lan:10000-19999\",\"lan:5060\"]}}";
	struct config_says says = { .w = { 0 } };
	struct config *c = conf_load(span_str(text), "sbc.json", config_case_report, &says);

	(void)state;
	assert_non_null(c);
	assert_int_equal(c->pinholes.nftables, CONF_NFTABLES_OWN);
	assert_int_equal(c->pinholes.calls, CONF_PINHOLES_AUTO);
	assert_int_equal(c->pinholes.idle_s, 30);
	assert_string_equal(c->pinholes.socket, "/run/natsbc/firewall.sock");
	assert_int_equal(c->pinholes.nforward, 2);
	assert_int_equal(c->pinholes.forward[0].last, 19999);
	assert_int_equal(c->pinholes.forward[1].first, 5060);
	assert_int_equal(c->pinholes.forward[1].last, 5060);
	conf_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys),
		cmocka_unit_test(forward),
		cmocka_unit_test(what_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

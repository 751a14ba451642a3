/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/alg/conf/config_case.h"

#define REALMS "{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\"},\"six\":{\"address\":\"2001:db8::5\"}},"
#define TRUNKS                                                                                                         \
	"\"trunks\":{\"pbx\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.20\"]},"                                           \
	"\"carrier\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.30\"]}},"

static void realm(void **state)
{
	static const struct config_case cases[] = {
		{ "\"lan\"", "" },
		{ "\"lam\"", "trunks.pbx.realm: no such realm: \"lam\". Did you mean \"lan\"?" },
		{ "\"internet\"", "trunks.pbx.realm: no such realm: \"internet\" (have: lan, six)" },
		{ "0", "trunks.pbx.realm: expected the name of a realm, found a number" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS "\"trunks\":{\"pbx\":{\"peers\":[\"10.0.0.20\"],\"realm\":", "}}}");
}

static void peers(void **state)
{
	static const struct config_case cases[] = {
		{ "[\"10.0.0.20\",\"10.0.0.20:5070\"]", "" },
		{ "[\"sip.carrier.example\"]",
		  "trunks.pbx.peers[0]: \"sip.carrier.example\": names are resolved in a later "
		  "version; give an address" },
		{ "[\"10.0.0.256\"]",
		  "trunks.pbx.peers[0]: \"10.0.0.256\" is not an address such as \"192.0.2.1:5060\"" },
		{ "[\"10.0.0.20:0\"]",
		  "trunks.pbx.peers[0]: \"10.0.0.20:0\" is not an address such as \"192.0.2.1:5060\"" },
		{ "[\"\"]", "trunks.pbx.peers[0]: \"\" is not an address such as \"192.0.2.1:5060\"" },
		{ "[{\"host\":\"10.0.0.20\"}]",
		  "trunks.pbx.peers[0]: weight and priority: not available in this version; "
		  "write \"IP:PORT\"" },
		{ "[\"255.255.255.255\"]",
		  "trunks.pbx.peers[0]: must be the address of one host: not any, multicast or broadcast" },
		{ "[]", "trunks.pbx.peers: a trunk has one peer at least" },
		{ "[\"10.0.0.20\",\"10.0.0.20:5060\"]", "trunks.pbx.peers: 10.0.0.20:5060 is here twice" },
		{ "[\"[2001:db8::9]:5060\"]",
		  "trunks.pbx.peers: [2001:db8::9]:5060 is not of the IP version of realm lan" },
		{ "[\"10.0.0.5\"]", "trunks.pbx.peers: 10.0.0.5 is this SBC itself" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS "\"trunks\":{\"pbx\":{\"realm\":\"lan\",\"peers\":", "}}}");
}

static void route(void **state)
{
	static const struct config_case cases[] = {
		{ "\"send\":[\"pbx\"]", "" },
		{ "\"from\":\"lan\",\"send\":[\"pbx\",\"carrier\"]", "" },
		{ "\"from\":\"carrier\",\"to-number\":\"^[0-9]{3,5}$\",\"send\":[\"pbx\"]", "" },
		{ "\"from\":\"lan\"", "routes[0]: \"send\" is missing" },
		{ "\"from\":\"carier\",\"send\":[\"pbx\"]",
		  "routes[0].from: no such trunk or realm: \"carier\". Did you mean \"carrier\"?" },
		{ "\"from\":\"internet\",\"send\":[\"pbx\"]",
		  "routes[0].from: no such trunk or realm: \"internet\" (have: pbx, carrier, lan, six)" },
		{ "\"send\":[\"lan\"]", "routes[0].send[0]: no such trunk: \"lan\" (have: pbx, carrier)" },
		{ "\"send\":[\"pbx\",\"pbx\"]", "routes[0].send[1]: \"pbx\" is here twice" },
		{ "\"send\":[]", "routes[0].send: a route sends to one trunk at least" },
		{ "\"to-number\":\"(\",\"send\":[\"pbx\"]",
		  "routes[0].to-number: not a usable regular expression: Unmatched ( or \\(" },
		{ "\"send\":[\"pbx\"],\"prefix\":\"0\"", "routes[0].prefix: unknown key" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS TRUNKS "\"routes\":[{", "}]}");
}

static void what_is_stored(void **state)
{
	struct config *c = conf_load(
		SPAN(REALMS "\"trunks\":{\"pbx\":{\"realm\":\"six\",\"peers\":[\"[2001:db8::9]:5070\",\"2001:db8::a\"],"
			    "\"probe\":\"10s\",\"limits\":{\"calls\":5}},"
			    "\"carrier\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.30\"]}},"
			    "\"routes\":[{\"send\":[\"carrier\",\"pbx\"]},{\"from\":\"lan\",\"send\":[\"pbx\"]},"
			    "{\"from\":\"carrier\",\"to-number\":\"^1\",\"send\":[\"pbx\"]}]}"),
		"sbc.json", NULL, NULL);
	char text[ADDR_TEXT_MAX];

	(void)state;
	assert_non_null(c);
	assert_int_equal(c->ntrunk, 2);
	assert_string_equal(c->trunks[0].name, "pbx");
	assert_int_equal(c->trunks[0].realm, 1);
	assert_int_equal(c->trunks[0].npeer, 2);
	assert_string_equal(c->trunks[0].peers[0].host, "[2001:db8::9]:5070");
	assert_string_equal(addr_text(&c->trunks[0].peers[1].addr, text), "[2001:db8::a]:5060");
	assert_int_equal(c->trunks[0].probe_ms, 10000);
	assert_int_equal(c->trunks[0].max_calls, 5);
	assert_int_equal(c->trunks[1].probe_ms, 30000);
	assert_int_equal(c->trunks[1].max_calls, 0);
	assert_int_equal(c->nroute, 3);
	assert_int_equal(c->routes[0].from_trunk, -1);
	assert_int_equal(c->routes[0].from_realm, -1);
	assert_null(c->routes[0].to_number);
	assert_int_equal(c->routes[0].nsend, 2);
	assert_int_equal(c->routes[0].send[0], 1);
	assert_int_equal(c->routes[1].from_realm, 0);
	assert_int_equal(c->routes[2].from_trunk, 1);
	assert_int_equal(c->routes[2].from_realm, -1);
	assert_string_equal(c->routes[2].to_number, "^1");
	conf_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(realm),
		cmocka_unit_test(peers),
		cmocka_unit_test(route),
		cmocka_unit_test(what_is_stored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

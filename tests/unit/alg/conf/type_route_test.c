/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/alg/conf/config_case.h"

#define REALMS "{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\",\"phones\":{}},\"six\":{\"address\":\"2001:db8::5\"}},"
#define TRUNKS                                                                                                         \
	"\"trunks\":{\"pbx\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.20\"]},"                                           \
	"\"carrier\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.30\"]}},"

static void route(void **state)
{
	static const struct config_case cases[] = {
		{ "\"send\":[\"pbx\"]", "" },
		{ "\"from\":\"lan\",\"send\":[\"pbx\",\"carrier\"]", "" },
		{ "\"from\":\"carrier\",\"to-number\":\"^[0-9]{3,5}$\",\"send\":[\"pbx\"]", "" },
		{ "\"from\":\"carier\",\"send\":[\"pbx\"]",
		  "routes[0].from: no such trunk or realm: \"carier\". Did you mean \"carrier\"?" },
		{ "\"from\":\"internet\",\"send\":[\"pbx\"]",
		  "routes[0].from: no such trunk or realm: \"internet\" (have: pbx, carrier, lan, six)" },
		{ "\"send\":[\"lan\"]", "routes[0].send[0]: no such trunk: \"lan\" (have: pbx, carrier)" },
		{ "\"send\":[\"pbx\",\"pbx\"]", "routes[0].send[1]: \"pbx\" is here twice" },
		{ "\"send\":[]", "routes[0].send: a route sends to one place at least" },
		{ "\"to-number\":\"(\",\"send\":[\"pbx\"]",
		  "routes[0].to-number: not a usable regular expression: Unmatched ( or \\(" },
		{ "\"send\":[\"pbx\"],\"prefix\":\"0\"",
		  "routes[0].prefix: unknown key (\"sbcctl config keys\" lists all)" },
		{ "\"redirect\":[\"sip:100@example.net\",\"tel:+1555\"]", "" },
		{ "\"redirect\":[]", "routes[0].redirect: one URI at least is needed" },
		{ "\"redirect\":[\"100@example.net\"]",
		  "routes[0].redirect[0]: \"100@example.net\" is not a URI such as \"sip:100@example.net\"" },
		{ "\"reject\":486", "" },
		{ "\"reject\":699", "" },
		{ "\"reject\":302", "routes[0].reject: must be 400 to 699" },
		{ "\"reject\":700", "routes[0].reject: must be 400 to 699" },
		{ "\"from\":\"lan\"", "routes[0]: exactly one of these is needed: \"send\", \"redirect\", \"reject\"" },
		{ "\"send\":[\"pbx\"],\"reject\":486",
		  "routes[0]: exactly one of these is needed: \"send\", \"redirect\", \"reject\"" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS TRUNKS "\"routes\":[{", "}]}");
}

static void sending(void **state)
{
	static const struct config_case cases[] = {
		{ "\"send\":[\"pbx:100\",\"pbx:+49-30.1\",\"pbx\",\"phones:1001\",\"phones:1002\"]", "" },
		{ "\"to-user\":\"^1\",\"send\":[\"phones\",\"phones:1001\",\"carrier:1\"],\"fork\":\"parallel\"", "" },
		{ "\"send\":[\"pbxx:100\"]", "routes[0].send[0]: no such trunk: \"pbxx\". Did you mean \"pbx\"?" },
		{ "\"send\":[\"pbx:\"]", "routes[0].send[0]: \"\" is not a number or user to be dialled" },
		{ "\"send\":[\"phones:a@b\"]", "routes[0].send[0]: \"a@b\" is not a number or user to be dialled" },
		{ "\"send\":[\"pbx:1\",\"pbx:1\"]", "routes[0].send[1]: \"pbx:1\" is here twice" },
		{ "\"send\":[\"pbx\"],\"fork\":\"all\"", "routes[0].fork: \"all\" is not one of: turn, parallel" },
		{ "\"send\":[\"pbx\"],\"next\":[\"busy\",\"no-answer\",\"unreachable\",\"refused\"],\"timeout\":"
		  "\"20s\"",
		  "" },
		{ "\"send\":[\"pbx\"],\"next\":[\"bussy\"]",
		  "routes[0].next[0]: \"bussy\" is not one of: busy, no-answer, "
		  "unreachable, refused. Did you mean \"busy\"?" },
		{ "\"send\":[\"pbx\"],\"next\":[\"busy\",\"busy\"]", "routes[0].next[1]: \"busy\" is here twice" },
		{ "\"send\":[\"pbx\"],\"emergency\":1", "routes[0].emergency: expected true or false, found a number" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS TRUNKS "\"routes\":[{", "}]}");
}

static void what_is_stored(void **state)
{
	struct config *c = conf_load(
		SPAN(REALMS TRUNKS
		     "\"routes\":[{\"to-user\":\"^1\",\"from-number\":\"^2\",\"to-domain\":[\"*.a.b\",\"10.0.0.5\"],"
		     "\"from-domain\":[\"c.d\"],\"send\":[\"phones\",\"carrier:+1\"],\"fork\":\"parallel\","
		     "\"timeout\":\"20s\",\"next\":[\"no-answer\",\"refused\"],\"emergency\":true},{\"reject\":404}]}"),
		"sbc.json", NULL, NULL);
	const struct conf_route *r;

	(void)state;
	assert_non_null(c);
	r = &c->routes[0];
	assert_string_equal(r->to_user, "^1");
	assert_string_equal(r->from_number, "^2");
	assert_null(r->to_number);
	assert_int_equal(r->nto_domain, 2);
	assert_string_equal(r->to_domains[0], "*.a.b");
	assert_int_equal(r->nfrom_domain, 1);
	assert_int_equal(r->nsend, 2);
	assert_int_equal(r->send[0].trunk, -1);
	assert_null(r->send[0].user);
	assert_int_equal(r->send[1].trunk, 1);
	assert_string_equal(r->send[1].user, "+1");
	assert_true(r->parallel);
	assert_true(r->emergency);
	assert_int_equal(r->timeout_ms, 20000);
	assert_int_equal(r->next, 1u << CONF_NO_ANSWER | 1u << CONF_REFUSED);
	r = &c->routes[1];
	assert_null(r->to_user);
	assert_int_equal(r->next, 0);
	assert_int_equal(r->timeout_ms, 0);
	assert_false(r->parallel || r->emergency);
	conf_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(route),
		cmocka_unit_test(sending),
		cmocka_unit_test(what_is_stored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/alg/conf/config_case.h"

#define REALMS "{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\"}},"

static void text(void **state)
{
	static const struct config_case cases[] = {
		{ "\"af_packet\"", "" },
		{ "\"\"", "relay.port: must be 1 to 255 printable characters" },
		{ "\"a\\nb\"", "relay.port: must be 1 to 255 printable characters" },
		{ "7", "relay.port: expected a text, found a number" },
		{ "true", "relay.port: expected a text, found true" },
		{ "null", "relay.port: expected a text, found null" },
		{ "[]", "relay.port: expected a text, found a list" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS "\"relay\":{\"port\":", "}}");
}

static void name(void **state)
{
	static const struct config_case cases[] = {
		{ "\"edge-1.fra_2\"", "" },
		{ "\"abcdefghijklmnopqrstuvwxyz012345\"", "" },
		{ "\"abcdefghijklmnopqrstuvwxyz0123456\"",
		  "node.name: a name is 1 to 32 letters, digits, \"-\", \"_\" or \".\"" },
		{ "\"\"", "node.name: a name is 1 to 32 letters, digits, \"-\", \"_\" or \".\"" },
		{ "\"a b\"", "node.name: a name is 1 to 32 letters, digits, \"-\", \"_\" or \".\"" },
		{ "1.5", "node.name: expected a name, found a number with a fraction" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS "\"node\":{\"name\":", "}}");
}

static void path(void **state)
{
	static const struct config_case cases[] = {
		{ "\"accounts.json\"", "" },
		{ "\"/etc/natsbc/accounts.json\"", "" },
		{ "\"\"", "realms.lan.phones.users: expected the path of a file" },
		{ "{}", "realms.lan.phones.users: expected the path of a file, found an object" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, "{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\",\"phones\":{\"users\":", "}}}}");
}

static void count(void **state)
{
	static const struct config_case cases[] = {
		{ "1", "" },
		{ "500000", "" },
		{ "0", "limits.calls: must be 1 to 500000" },
		{ "500001", "limits.calls: must be 1 to 500000" },
		{ "-1", "limits.calls: must be 1 to 500000" },
		{ "4294967297", "limits.calls: must be 1 to 500000" },
		{ "2000.0", "limits.calls: expected a whole number, found a number with a fraction" },
		{ "\"2000\"", "limits.calls: expected a whole number, found a text" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS "\"limits\":{\"calls\":", "}}");
}

static void duration(void **state)
{
	static const struct config_case cases[] = {
		{ "\"ring-timeout\":\"1s\"", "" },
		{ "\"ring-timeout\":\"1h\"", "" },
		{ "\"ring-timeout\":\"1500ms\"", "" },
		{ "\"ring-timeout\":\"999ms\"", "limits.ring-timeout: must be 1s to 1h" },
		{ "\"ring-timeout\":\"61m\"", "limits.ring-timeout: must be 1s to 1h" },
		{ "\"ring-timeout\":\"1500100us\"", "limits.ring-timeout: must be 1s to 1h" },
		{ "\"ring-timeout\":\"0\"", "limits.ring-timeout: must be 1s to 1h" },
		{ "\"duration\":\"0\"", "" },
		{ "\"duration\":\"0s\"", "" },
		{ "\"duration\":\"30d\"", "" },
		{ "\"duration\":\"31d\"", "limits.duration: must be 1s to 30d, or 0" },
		{ "\"duration\":\"1 h\"",
		  "limits.duration: not a duration; write a number and us, ms, s, m, h or d, as \"30s\"" },
		{ "\"duration\":3600", "limits.duration: expected a duration such as \"30s\", found a number" },
	};
	static const struct config_case seconds[] = {
		{ "\"10s\"", "" },
		{ "\"1d\"", "" },
		{ "\"9s\"", "realms.lan.phones.expires.nat-udp: must be 10s to 1d, in whole seconds" },
		{ "\"10500ms\"", "realms.lan.phones.expires.nat-udp: must be 10s to 1d, in whole seconds" },
		{ "\"0\"", "realms.lan.phones.expires.nat-udp: must be 10s to 1d, in whole seconds" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS "\"limits\":{", "}}");
	CONFIG_CASES_RUN(
		seconds,
		"{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\",\"phones\":{\"expires\":{\"nat-udp\":", "}}}}}");
}

static void choice(void **state)
{
	static const struct config_case cases[] = {
		{ "\"error\"", "" },
		{ "\"debug\"", "" },
		{ "\"Debug\"",
		  "log.level: \"Debug\" is not one of: error, warning, info, debug. Did you mean \"debug\"?" },
		{ "3", "log.level: expected a word, found a number" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS "\"log\":{\"level\":", "}}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text),  cmocka_unit_test(name),     cmocka_unit_test(path),
		cmocka_unit_test(count), cmocka_unit_test(duration), cmocka_unit_test(choice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

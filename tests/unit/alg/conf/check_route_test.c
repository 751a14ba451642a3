/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/alg/conf/config_case.h"

#define REALMS                                                                                                         \
	"{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\",\"phones\":{}},\"six\":{\"address\":\"2001:db8::5\","          \
	"\"phones\":{}},\"wan\":{\"address\":\"10.0.0.6\"}},"
#define TRUNKS                                                                                                         \
	"\"trunks\":{\"pbx\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.20\"]},"                                           \
	"\"carrier\":{\"realm\":\"wan\",\"peers\":[\"10.0.0.30\"]}},"
#define PHONELESS                                                                                                      \
	"{\"realms\":{\"wan\":{\"address\":\"10.0.0.6\"}},\"trunks\":{\"pbx\":{\"realm\":\"wan\",\"peers\":[\"10.0.0." \
	"20\"]}},"

/* Who asks. */
static void from(void **state)
{
	static const struct config_case cases[] = {
		{ "\"from\":\"lan\",\"send\":[\"pbx\"]", "" },
		{ "\"from\":\"carrier\",\"send\":[\"pbx\"]", "" },
		{ "\"from\":\"wan\",\"send\":[\"pbx\"]",
		  "routes[0].from: never asked: a realm stands for its phones, and \"wan\" has none; for calls of a "
		  "trunk, name the trunk" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS TRUNKS "\"routes\":[{", "}]}");
}

/* Whose phones ring. */
static void phones(void **state)
{
	static const struct config_case cases[] = {
		{ "\"send\":[\"phones:1001\"]", "" },
		{ "\"to-user\":\"^1\",\"send\":[\"phones\"]", "" },
		{ "\"called\":[\"^0(..)$ => \\\\1\"],\"send\":[\"phones\"]", "" },
		{ "\"send\":[\"phones\"]", "routes[0].send: \"phones\" are those of the user that was dialled: "
					   "\"to-user\" is needed, or write \"phones:USER\"" },
		{ "\"to-number\":\"^1\",\"send\":[\"pbx\",\"phones\"]",
		  "routes[0].send: \"phones\" are those of the user that was dialled: "
		  "\"to-user\" is needed, or write \"phones:USER\"" },
	};
	static const struct config_case none[] = {
		{ "\"send\":[\"pbx\"]", "" },
		{ "\"send\":[\"phones:1001\"]", "routes[0].send: \"phones\": no realm has any" },
		{ "\"to-user\":\"^1\",\"send\":[\"phones\"]", "routes[0].send: \"phones\": no realm has any" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS TRUNKS "\"routes\":[{", "}]}");
	CONFIG_CASES_RUN(none, PHONELESS "\"routes\":[{", "}]}");
}

/* What only those need that send. */
static void answered_here(void **state)
{
	static const struct config_case cases[] = {
		{ "\"reject\":403,\"from-number\":\"^2\",\"time\":[\"sat\"]", "" },
		{ "\"reject\":403,\"next\":[\"busy\"]", "routes[0].next: of no use without \"send\"" },
		{ "\"reject\":403,\"fork\":\"parallel\"", "routes[0].fork: of no use without \"send\"" },
		{ "\"reject\":403,\"timeout\":\"10s\"", "routes[0].timeout: of no use without \"send\"" },
		{ "\"redirect\":[\"sip:a@b\"],\"called\":[\"1 => 2\"]",
		  "routes[0].called: of no use without \"send\"" },
		{ "\"redirect\":[\"sip:a@b\"],\"caller\":[\"1 => 2\"]",
		  "routes[0].caller: of no use without \"send\"" },
		{ "\"reject\":403,\"add\":[\"Priority: urgent\"],\"drop\":[\"Subject\"]",
		  "routes[0].add: of no use without \"send\"; routes[0].drop: of no use without \"send\"" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS TRUNKS "\"routes\":[{", "}]}");
}

static void timeout(void **state)
{
	static const struct config_case cases[] = {
		{ "\"limits\":{\"ring-timeout\":\"60s\"},\"routes\":[{\"send\":[\"pbx\"],\"timeout\":\"60s\"}]", "" },
		{ "\"limits\":{\"ring-timeout\":\"60s\"},\"routes\":[{\"send\":[\"pbx\"],\"timeout\":\"61s\"}]",
		  "routes[0].timeout: limits.ring-timeout (60s) ends the call before" },
		{ "\"routes\":[{\"send\":[\"pbx\"],\"timeout\":\"10m\"}]",
		  "routes[0].timeout: limits.ring-timeout (180s) ends the call before" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS TRUNKS, "}");
}

#define PBX(conditions) "{" conditions "\"send\":[\"pbx\"]}"
#define NEVER                                                                                                          \
	"routes[1]: never asked: every call that fits it fits routes[0], which stands before it and has no \"next\""

static void reach(void **state)
{
	static const struct config_case cases[] = {
		{ PBX("\"from\":\"lan\",") "," PBX(""), "" },
		{ PBX("") "," PBX("\"from\":\"lan\","), NEVER },
		{ PBX("\"next\":[\"busy\"],") "," PBX("\"from\":\"lan\","), "" },
		{ PBX("\"from\":\"lan\",") "," PBX("\"from\":\"six\","), "" },
		{ PBX("\"from\":\"lan\",") "," PBX("\"from\":\"lan\",\"to-number\":\"1\","), NEVER },
		{ PBX("\"from\":\"pbx\",") "," PBX("\"from\":\"lan\","), "" },
		{ PBX("\"from\":\"pbx\",") "," PBX("\"from\":\"carrier\","), "" },
		/* Where a user is asked for, a call whose number is none of ours does not fit. */
		{ PBX("") "," PBX("\"to-user\":\"1\","), "" },
		{ PBX("\"to-user\":\"1\",") "," PBX(""), "" },
		{ PBX("\"to-user\":\"1\",") "," PBX("\"to-user\":\"1\",\"to-number\":\"2\","), NEVER },
		{ PBX("\"to-user\":\"1\",") "," PBX("\"to-user\":\"2\","), "" },
		{ PBX("\"to-number\":\"1\",") "," PBX("\"to-number\":\"2\","), "" },
		{ PBX("\"from-number\":\"1\",") "," PBX(""), "" },
		{ PBX("\"from-number\":\"1\",") "," PBX("\"from-number\":\"1\","), NEVER },
		/* What cannot be compared covers nothing. */
		{ PBX("\"time\":[\"sat\"],") "," PBX(""), "" },
		{ PBX("\"header\":[\"Subject: a\"],") "," PBX(""), "" },
		{ PBX("\"to-domain\":[\"a.b\"],") "," PBX(""), "" },
		{ PBX("\"from-domain\":[\"a.b\"],") "," PBX("\"from-domain\":[\"a.b\"],"), "" },
		/* But it is covered. */
		{ PBX("") "," PBX("\"time\":[\"sat\"],"), NEVER },
		{ "{\"reject\":404}," PBX(""),
		  "routes[1]: never asked: every call that fits it fits routes[0], which stands before it" },
		{ PBX("\"from\":\"lan\",") "," PBX("") "," PBX(""),
		  "routes[2]: never asked: every call that fits it fits routes[1], which stands before it and has no "
		  "\"next\"" },
		/* Told only where the conditions were understood. */
		{ PBX("\"to-number\":\"(\",") "," PBX("\"from\":\"lan\","),
		  "routes[0].to-number: not a usable regular expression: Unmatched ( or \\(" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS TRUNKS "\"routes\":[", "]}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from),    cmocka_unit_test(phones), cmocka_unit_test(answered_here),
		cmocka_unit_test(timeout), cmocka_unit_test(reach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

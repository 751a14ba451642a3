/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/alg/conf/config_case.h"

#define BEFORE                                                                                                         \
	"{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\"}},\"trunks\":{\"pbx\":{\"realm\":\"lan\",\"peers\":[\"10.0.0." \
	"20\"]}},"                                                                                                     \
	"\"routes\":[{\"send\":[\"pbx\"],"

static void lines(void **state)
{
	static const struct config_case cases[] = {
		{ "\"add\":[\"Alert-Info: <urn:alert:service:call-waiting>\",\"X-Way:1\"]", "" },
		{ "\"add\":[\"Alert-Info\"]",
		  "routes[0].add[0]: \"Alert-Info\" is not a header line such as \"Priority: urgent\"" },
		{ "\"add\":[\"Subject: \"]",
		  "routes[0].add[0]: \"Subject: \" is not a header line such as \"Priority: urgent\"" },
		{ "\"add\":[\"Subject: a\\r\\nVia: b\"]",
		  "routes[0].add[0]: \"Subject: a??Via: b\" is not a header line such as \"Priority: urgent\"" },
		{ "\"add\":[\"Sub ject: a\"]", "routes[0].add[0]: \"Sub ject\" is not the (long) name of a header" },
		{ "\"add\":[\"s: a\"]", "routes[0].add[0]: \"s\" is not the (long) name of a header" },
		{ "\"add\":[\"via: a\"]", "routes[0].add[0]: via is a header that the SBC writes itself" },
		{ "\"add\":[\"Content-Length: 7\"]",
		  "routes[0].add[0]: Content-Length is a header that the SBC writes itself" },
		{ "\"drop\":[\"Subject\",\"X-Way\"]", "" },
		{ "\"drop\":[\"Contact\"]", "routes[0].drop[0]: Contact is a header that the SBC writes itself" },
		{ "\"drop\":[\"Subject:\"]", "routes[0].drop[0]: \"Subject:\" is not the (long) name of a header" },
		{ "\"drop\":[\"Subject\",\"subject\"]", "routes[0].drop[1]: \"Subject\" is here twice" },
		{ "\"drop\":[0]", "routes[0].drop[0]: expected the name of a header, found a number" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, BEFORE, "}]}");
}

static void conditions(void **state)
{
	static const struct config_case cases[] = {
		{ "\"User-Agent: ^Fax\",\"To: x\",\"Subject:\"", "" },
		{ "\"User-Agent\"", "routes[0].header[0]: \"User-Agent\" is not a header and an expression such as "
				    "\"User-Agent: ^Fax\"" },
		{ "\"Subject: (\"", "routes[0].header[0]: not a usable regular expression: Unmatched ( or \\(" },
		{ "\"A1: 1\",\"A2: 1\",\"A3: 1\",\"A4: 1\",\"A5: 1\"",
		  "routes[0].header: at most 4 are possible, found 5" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, BEFORE "\"header\":[", "]}]}");
}

static void what_is_stored(void **state)
{
	struct config *c = conf_load(SPAN(BEFORE "\"header\":[\"Subject: ^a:b \"],\"add\":[\"X-A: 1\",\"X-A: 2\"],"
						 "\"drop\":[\"X-B\"]}]}"),
				     "sbc.json", NULL, NULL);
	const struct conf_route *r;

	(void)state;
	assert_non_null(c);
	r = &c->routes[0];
	assert_int_equal(r->nheader, 1);
	assert_string_equal(r->header[0].name, "Subject");
	assert_string_equal(r->header[0].match, "^a:b");
	assert_int_equal(r->nadd, 2);
	assert_string_equal(r->add[1], "X-A: 2");
	assert_int_equal(r->ndrop, 1);
	assert_string_equal(r->drop[0], "X-B");
	conf_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(conditions),
		cmocka_unit_test(what_is_stored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/alg/conf/config_case.h"

#define BEFORE                                                                                                         \
	"{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\"}},\"trunks\":{\"pbx\":{\"realm\":\"lan\",\"peers\":[\"10.0.0." \
	"20\"],"

static void rewrites(void **state)
{
	static const struct config_case cases[] = {
		{ "\"^00(.*) => +\\\\1\"", "" },
		{ "\"^\\\\+=>\"", "" },
		{ "\"^(.)(.) => \\\\0-\\\\2;phone-context=x\"", "" },
		{ "\"^00\"", "trunks.pbx.called[0]: expected an expression, => and a text, as \"^00(.*) => +\\1\"" },
		{ "1", "trunks.pbx.called[0]: expected a text such as \"^00(.*) => +\\1\", found a number" },
		{ "\"( => 1\"", "trunks.pbx.called[0]: not a usable regular expression: Unmatched ( or \\(" },
		{ "\"^(1) => \\\\2\"", "trunks.pbx.called[0]: \\2: the expression has 1 groups in ( )" },
		{ "\"^1 => \\\\\"", "trunks.pbx.called[0]: after a backslash comes a digit, the number of a group" },
		{ "\"^1 => \\\\a\"", "trunks.pbx.called[0]: after a backslash comes a digit, the number of a group" },
		{ "\"^1 => a@b\"", "trunks.pbx.called[0]: \"a@b\" cannot stand in a number" },
		{ "\"^1 => a b\"", "trunks.pbx.called[0]: \"a b\" cannot stand in a number" },
		{ "\"1=>1\",\"1=>1\",\"1=>1\",\"1=>1\",\"1=>1\",\"1=>1\",\"1=>1\",\"1=>1\",\"1=>1\"",
		  "trunks.pbx.called: at most 8 are possible, found 9" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, BEFORE "\"called\":[", "]}}}");
}

static void what_is_stored(void **state)
{
	struct config *c =
		conf_load(SPAN(BEFORE "\"called\":[\"^00(.*) => +\\\\1\",\"^0 =>\"],\"caller\":[\" a=>b \"]}},"
				      "\"routes\":[{\"send\":[\"pbx\"],\"caller\":[\"1 => 2\"]}]}"),
			  "sbc.json", NULL, NULL);
	const struct conf_trunk *t;

	(void)state;
	assert_non_null(c);
	t = &c->trunks[0];
	assert_int_equal(t->ncalled, 2);
	assert_string_equal(t->called[0].match, "^00(.*)");
	assert_string_equal(t->called[0].text, "+\\1");
	assert_string_equal(t->called[1].match, "^0");
	assert_string_equal(t->called[1].text, "");
	assert_int_equal(t->ncaller, 1);
	assert_string_equal(t->caller[0].match, "a");
	assert_string_equal(t->caller[0].text, "b");
	assert_int_equal(c->routes[0].ncaller, 1);
	assert_int_equal(c->routes[0].ncalled, 0);
	assert_string_equal(c->routes[0].caller[0].text, "2");
	conf_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rewrites),
		cmocka_unit_test(what_is_stored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

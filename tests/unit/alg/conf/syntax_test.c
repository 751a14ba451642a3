/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/conf/syntax.h"

#include "tests/unit/alg/conf/config_case.h"

#define SOUND "{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\"}}"

/* Mistakes that people make in JSON, each with what to do about it. */
static void mistakes(void **state)
{
	static const struct config_case cases[] = {
		{ SOUND ",}", "string or '}' expected near '}'. No comma stands behind the last member" },
		{ SOUND ",\"routes\":[1,]}", "unexpected token near ']'. No comma stands behind the last member" },
		{ SOUND " \"routes\":[]}", "'}' expected near '\"routes\"'. A comma is missing before it" },
		{ SOUND ",\"routes\":[{} {}]}", "']' expected near '{'. A comma is missing before it" },
		{ SOUND ",\n// mine\n\"routes\":[]}",
		  "string or '}' expected near '/'. A comment is a member: \"//\": \"text\"," },
		{ "# mine\n" SOUND "}", "'[' or '{' expected near '#'. A comment is a member: \"//\": \"text\"," },
		{ "{'realms':{}}", "string or '}' expected near '''. Texts and keys stand between \" and \"" },
		{ SOUND, "'}' expected near end of file. A } or ] is missing above" },
		{ "\t", "'[' or '{' expected near end of file. The file is empty" },
		{ " \n", "'[' or '{' expected near end of file. The file is empty" },
		{ SOUND ",\"routes\":[{\"to-number\":\"^\\+49\"}]}",
		  "invalid escape near '\"^\\+'. Each backslash of an expression is written twice: \"^\\\\+49\"" },
		{ SOUND ",\"log\":{},\"log\":{}}",
		  "duplicate object key near '\"log\"'. A key, or a name, is there once in its { }" },
		{ "{\"l\xe4n\":1}", "unable to decode byte 0xe4 near '\"l'. The file must be UTF-8" },
		{ SOUND "}}", "end of file expected near '}'" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, "", "");
}

/* A byte order mark is no part of the text, and does not move what is told of it. */
static void byte_order_mark(void **state)
{
	static const struct config_case cases[] = {
		{ "\xef\xbb\xbf" SOUND "}", "" },
		{ "\xef\xbb\xbf", "'[' or '{' expected near end of file. The file is empty" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, "", "");
	assert_int_equal(syntax_text(SPAN("\xef\xbb")).n, 2);
	assert_int_equal(syntax_text(SPAN("\xef\xbb\xbf{}")).n, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mistakes),
		cmocka_unit_test(byte_order_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/conf/type.h"
#include "tests/unit/alg/conf/config_case.h"

static void domain(void **state)
{
	static const struct {
		const char *text;
		bool is;
	} cases[] = {
		{ "a", true },
		{ "sip.carrier.example", true },
		{ "a-b.3com.x1", true },
		{ "xn--bcher-kva.example", true },
		{ "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc.x", true },
		{ "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcd.x", false },
		{ "", false },
		{ ".", false },
		{ "a.", false },
		{ ".a", false },
		{ "a..b", false },
		{ "-a.b", false },
		{ "a-.b", false },
		{ "a_b.c", false },
		{ "a b", false },
		{ "10.0.0.256", false },
		{ "5060", false },
		{ "b\xc3\xbc"
		  "cher.example",
		  false },
	};
	char longest[] = "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc."
			 "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc."
			 "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc."
			 "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijxyz";

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span guarded = guard_span(span_str(cases[i].text));

		assert_int_equal(type_is_domain(guarded), cases[i].is);
		guard_free(guarded);
	}
	assert_false(type_is_domain(span_str(longest)));
	assert_true(type_is_domain(span_of(longest, 253)));
}

#define ORIGIN(text) "realms.lan.ws-origins[0]: \"" text "\" is not an origin such as \"https://phone.example.net\""

static void origin(void **state)
{
	static const struct config_case cases[] = {
		{ "\"https://phone.example.net\"", "" },
		{ "\"http://localhost:8000\",\"https://10.0.0.9\",\"https://[2001:db8::9]:8443\"", "" },
		{ "\"phone.example.net\"", ORIGIN("phone.example.net") },
		{ "\"https://phone.example.net/\"", ORIGIN("https://phone.example.net/") },
		{ "\"https://phone.example.net:0\"", ORIGIN("https://phone.example.net:0") },
		{ "\"https://2001:db8::9\"", ORIGIN("https://2001:db8::9") },
		{ "\"https://\"", ORIGIN("https://") },
		{ "\"https:\"", ORIGIN("https:") },
		{ "\"wss://phone.example.net\"", ORIGIN("wss://phone.example.net") },
		{ "\"*\"", ORIGIN("*") },
		{ "\"\"", ORIGIN("") },
		{ "\"https://a.example\",\"https://a.example\"",
		  "realms.lan.ws-origins[1]: \"https://a.example\" is here twice" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, "{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\",\"ws-origins\":[", "]}}}");
}

#define URI(text) "routes[0].redirect[0]: \"" text "\" is not a URI such as \"sip:100@example.net\""

static void uri(void **state)
{
	static const struct config_case cases[] = {
		{ "\"sip:100@example.net;transport=tcp\",\"sips:a@b\",\"tel:+1555\"", "" },
		{ "\"sip:\"", URI("sip:") },
		{ "\"http://example.net\"", URI("http://example.net") },
		{ "\"<sip:a@b>\"", URI("<sip:a@b>") },
		{ "\"sip:a@b>\"", URI("sip:a@b>") },
		{ "\"sip:a b@c\"", URI("sip:a b@c") },
		{ "\"sip:a@b\\r\\n\"", URI("sip:a@b??") },
		{ "\"sip:a@b\",\"sip:a@b\"", "routes[0].redirect[1]: \"sip:a@b\" is here twice" },
		{ "7", "routes[0].redirect[0]: expected a URI such as \"sip:100@example.net\", found a number" },
		{ "\"sip:1\",\"sip:2\",\"sip:3\",\"sip:4\",\"sip:5\",\"sip:6\",\"sip:7\",\"sip:8\",\"sip:9\"",
		  "routes[0].redirect: at most 8 are possible, found 9" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, "{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\"}},\"routes\":[{\"redirect\":[", "]}]}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(domain),
		cmocka_unit_test(origin),
		cmocka_unit_test(uri),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

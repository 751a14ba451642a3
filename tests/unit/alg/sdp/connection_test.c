/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/connection.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

static const struct parse_case {
	struct span text;
	int result;
	const char *host, *addr; /* addr "(none)": a name */
} cases[] = {
	{ SPAN("IN IP4 192.0.2.1"), 0, "192.0.2.1", "192.0.2.1:0" },
	{ SPAN("IN IP4 0.0.0.0"), 0, "0.0.0.0", "0.0.0.0:0" },
	{ SPAN("IN IP6 2001:db8::1"), 0, "2001:db8::1", "[2001:db8::1]:0" },
	{ SPAN("in ip4 192.0.2.1 "), 0, "192.0.2.1", "192.0.2.1:0" },
	{ SPAN("IN  IP4  192.0.2.1"), 0, "192.0.2.1", "192.0.2.1:0" },
	{ SPAN("IN IP4 233.252.0.1/127"), 0, "233.252.0.1", "233.252.0.1:0" },
	{ SPAN("IN IP4 233.252.0.1/127/3"), 0, "233.252.0.1", "233.252.0.1:0" },
	{ SPAN("IN IP4 phone.example.com"), 0, "phone.example.com", "(none)" },
	{ SPAN(""), -1, NULL, NULL },
	{ SPAN("IN"), -1, NULL, NULL },
	{ SPAN("IN IP4"), -1, NULL, NULL },
	{ SPAN("IN IP4 "), -1, NULL, NULL },
	{ SPAN("IN IP5 192.0.2.1"), -1, NULL, NULL },
	{ SPAN("ATM IP4 192.0.2.1"), -1, NULL, NULL },
	{ SPAN("INIP4 192.0.2.1"), -1, NULL, NULL },
	{ SPAN("IN IP4 192.0.2.1 x"), -1, NULL, NULL },
	{ SPAN("IN IP4 192.0.2.1/"), -1, NULL, NULL },
	{ SPAN("IN IP4 192.0.2.1/x"), -1, NULL, NULL },
	{ SPAN("IN IP4 2001:db8::1"), -1, NULL, NULL },
	{ SPAN("IN IP6 192.0.2.1"), -1, NULL, NULL },
	{ SPAN("IN IP4 <script>"), -1, NULL, NULL },
};

static void parse_gives_host_and_address(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span text = guard_span(cases[i].text);
		struct sdp_connection c;
		char buf[ADDR_TEXT_MAX];

		if (sdp_connection_parse(text, &c) != cases[i].result)
			fail_msg("%s", cases[i].text.p);
		if (cases[i].result == 0) {
			assert_true(span_eq(c.host, span_str(cases[i].host)));
			assert_string_equal(addr_text(&c.addr, buf), cases[i].addr);
		}
		guard_free(text);
	}
}

static void write_gives_what_parse_reads(void **state)
{
	static const struct span texts[] = { SPAN("IN IP4 192.0.2.1"), SPAN("IN IP6 2001:db8::1") };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		char buf[64];
		struct writer w = writer_over(buf, sizeof(buf));
		struct sdp_connection c;

		assert_int_equal(sdp_connection_parse(texts[i], &c), 0);
		sdp_connection_write(&w, &c.addr);
		assert_true(span_eq(writer_done(&w), texts[i]));
	}
}

/* The any-address has several spellings; what only begins like it is none. */
static void is_any_tells_hold(void **state)
{
	static const struct {
		const char *in;
		bool expected;
	} values[] = {
		{ "IN IP4 0.0.0.0", true },    { " in  ip4\t0.0.0.0/127 ", true },
		{ "IN IP6 ::", true },         { "IN IP6 0:0::0", true },
		{ "IN IP4 192.0.2.0", false }, { "IN IP4 0.0.0.1", false },
		{ "IN IP6 ::1", false },       { "IN IP4 0.example.net", false },
		{ "IN IP4 pbx", false },       { "IN IP4 0.0.0.0 x", false },
		{ "IN IP4", false },           { "", false },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct span in = guard_span(span_str(values[i].in));

		if (sdp_connection_is_any(in) != values[i].expected)
			fail_msg("'%s'", values[i].in);
		guard_free(in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_gives_host_and_address),
		cmocka_unit_test(write_gives_what_parse_reads),
		cmocka_unit_test(is_any_tells_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

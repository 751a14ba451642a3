/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/origin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

static const struct parse_case {
	struct span text;
	int result;
	const char *user, *session_id, *version, *address;
} cases[] = {
	{ SPAN("- 1 2 IN IP4 192.0.2.1"), 0, "-", "1", "2", "192.0.2.1" },
	{ SPAN("alice 2890844526 2890844527 IN IP6 2001:db8::1 "), 0, "alice", "2890844526", "2890844527",
	  "2001:db8::1" },
	{ SPAN("Some SIP Phone 1 2 IN IP4 host.example"), 0, "Some SIP Phone", "1", "2", "host.example" },
	{ SPAN("-  1  2  IN  IP4  192.0.2.1"), 0, "-", "1", "2", "192.0.2.1" },
	{ SPAN(""), -1, NULL, NULL, NULL, NULL },
	{ SPAN("-"), -1, NULL, NULL, NULL, NULL },
	{ SPAN("- 1 2 IN IP4"), -1, NULL, NULL, NULL, NULL },
	{ SPAN("1 2 IN IP4 192.0.2.1"), -1, NULL, NULL, NULL, NULL },
};

static void parse_gives_six_fields(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span text = guard_span(cases[i].text);
		struct sdp_origin o;

		if (sdp_origin_parse(text, &o) != cases[i].result)
			fail_msg("%s", cases[i].text.p);
		if (cases[i].result == 0) {
			assert_true(span_eq(o.user, span_str(cases[i].user)));
			assert_true(span_eq(o.session_id, span_str(cases[i].session_id)));
			assert_true(span_eq(o.version, span_str(cases[i].version)));
			assert_true(span_eq(o.nettype, SPAN("IN")));
			assert_true(span_istarts(o.addrtype, SPAN("IP")));
			assert_true(span_eq(o.address, span_str(cases[i].address)));
		}
		guard_free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(parse_gives_six_fields) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/rtcp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

static const struct parse_case {
	struct span text;
	int result;
	unsigned port;
	const char *addr;
} cases[] = {
	{ SPAN("53020"), 0, 53020, "(none)" },
	{ SPAN("53020 "), 0, 53020, "(none)" },
	{ SPAN("53020 IN IP4 192.0.2.1"), 0, 53020, "192.0.2.1:53020" },
	{ SPAN("53020 IN IP6 2001:db8::1"), 0, 53020, "[2001:db8::1]:53020" },
	{ SPAN("53020 IN IP4 phone.example.com"), 0, 53020, "(none)" },
	{ SPAN("65535"), 0, 65535, "(none)" },
	{ SPAN("65536"), -1, 0, NULL },
	{ SPAN("0"), -1, 0, NULL },
	{ SPAN(""), -1, 0, NULL },
	{ SPAN("x"), -1, 0, NULL },
	{ SPAN("53020 IN IP4"), -1, 0, NULL },
	{ SPAN("53020IN IP4 192.0.2.1"), -1, 0, NULL },
};

static void parse_gives_port_and_address(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span text = guard_span(cases[i].text);
		char buf[ADDR_TEXT_MAX];
		struct sdp_rtcp r;

		if (sdp_rtcp_parse(text, &r) != cases[i].result)
			fail_msg("%s", cases[i].text.p);
		if (cases[i].result == 0) {
			assert_int_equal(r.port, cases[i].port);
			assert_string_equal(addr_text(&r.addr, buf), cases[i].addr);
		}
		guard_free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(parse_gives_port_and_address) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

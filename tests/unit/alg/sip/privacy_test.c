/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "alg/sip/privacy.h"
#include "tests/unit/guard.h"

static void what_is_asked_for(void **state)
{
	static const struct {
		const char *lines, *out;
	} cases[] = {
		{ "", "" },
		{ "Privacy: id\r\n", "id" },
		{ "Privacy: critical;ID ;header\r\n", "header;critical;id" },
		{ "Privacy: user, session\r\n", "session;user" },
		{ "Privacy: id\r\nPrivacy: history;user\r\n", "user;id;history" },
		{ "Privacy: none\r\n", "none" },
		{ "Privacy: percall;;id\r\n", "id" },
		{ "Privacy:\r\n", "" },
		{ "Privacy: i\r\n", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[512], out[128];
		int n = snprintf(text, sizeof(text), "MESSAGE sip:b@b SIP/2.0\r\n%s\r\n", cases[i].lines);
		struct span s = guard_span(span_of(text, (size_t)n));
		struct writer w = writer_over(out, sizeof(out) - 1);
		struct sip_msg m;

		assert_int_equal(sip_msg_index(s, &m), SIP_OK);
		privacy_write(&w, privacy_read(&m));
		out[w.n] = '\0';
		if (strcmp(out, cases[i].out) != 0)
			fail_msg("%s: %s", cases[i].lines, out);
		guard_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

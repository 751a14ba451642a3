/* SPDX-License-Identifier: BSD-3-Clause */
/* The methods of Allow as a set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sip/allow.h"
#include "tests/unit/guard.h"

static void sets(void **state)
{
	static const struct {
		const char *lines;
		const char *written; /* the set again, in the table's order */
		bool other;
	} cases[] = {
		{ "Allow: INVITE, ACK, OPTIONS, CANCEL, BYE\r\n", "INVITE, ACK, BYE, CANCEL, OPTIONS", false },
		{ "Allow: UPDATE\r\nAllow: PRACK ,UPDATE\r\n", "PRACK, UPDATE", false },
		{ "Allow: INVITE, FETCH\r\n", "INVITE", true },
		{ "Allow: update\r\n", "", true }, /* RFC 3261 7.1: methods are compared with case */
		{ "Allow:\r\n", "", false },
		{ "Allow: , ,\r\n", "", false },
		{ "Supported: INVITE\r\n", "", false },
	};
	char text[512], buf[128];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct writer in = writer_over(text, sizeof(text)), out = writer_over(buf, sizeof(buf));
		struct sip_msg m;
		struct span raw;
		uint32_t set;

		writer_str(&in, "OPTIONS sip:b.example SIP/2.0\r\n");
		writer_str(&in, cases[i].lines);
		writer_str(&in, "\r\n");
		raw = guard_span(writer_done(&in));
		assert_int_equal(sip_msg_index(raw, &m), SIP_OK);
		set = allow_read(&m);
		allow_write(&out, set);
		if (!span_eq(writer_done(&out), span_str(cases[i].written)) ||
		    cases[i].other != !!(set & ALLOW_BIT(SIP_METHOD_OTHER)))
			fail_msg("%s: %x '%.*s'", cases[i].lines, set, SPAN_ARG(writer_done(&out)));
		guard_free(raw);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

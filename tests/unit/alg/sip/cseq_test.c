/* SPDX-License-Identifier: BSD-3-Clause */
/* CSeq and RAck values, up to their limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sip/cseq.h"
#include "tests/unit/guard.h"

static void cseq_values(void **state)
{
	static const struct {
		const char *in;
		int ok;
		uint32_t number;
		enum sip_method method;
	} cases[] = {
		{ "1 INVITE", 1, 1, SIP_INVITE },
		{ "0 BYE", 1, 0, SIP_BYE },
		{ "0009\r\n  INVITE", 1, 9, SIP_INVITE },
		{ "\t1\tACK ", 1, 1, SIP_ACK },
		{ "2147483647 INVITE", 1, 2147483647, SIP_INVITE },
		{ "2147483648 INVITE", 0, 0, 0 },
		{ "36893488147419103232 REGISTER", 0, 0, 0 },
		{ "18446744073709551617 REGISTER", 0, 0, 0 },
		{ "1 NEWMETHOD", 1, 1, SIP_METHOD_OTHER },
		{ "1 invite", 1, 1, SIP_METHOD_OTHER },
		{ "", 0, 0, 0 },
		{ "1", 0, 0, 0 },
		{ "1 ", 0, 0, 0 },
		{ "INVITE", 0, 0, 0 },
		{ "1INVITE", 0, 0, 0 },
		{ "-1 INVITE", 0, 0, 0 },
		{ "1 INVITE x", 0, 0, 0 },
		{ "1 INV@ITE", 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].in));
		struct cseq c = { .number = 77 };
		bool ok = cseq_parse(in, &c) == 0;

		if (ok != cases[i].ok || (ok && (c.number != cases[i].number || c.method != cases[i].method)))
			fail_msg("'%s': %d %u", cases[i].in, ok, c.number);
		if (!ok)
			assert_int_equal(c.number, 77);
		guard_free(in);
	}
}

static void rack_values(void **state)
{
	static const struct {
		const char *in;
		int ok;
		uint32_t rseq, number;
	} cases[] = {
		{ "776656 1 INVITE", 1, 776656, 1 },
		{ "4294967295  2147483647\r\n INVITE", 1, 4294967295U, 2147483647 },
		{ "4294967296 1 INVITE", 0, 0, 0 },
		{ "1 INVITE", 0, 0, 0 },
		{ "1 2", 0, 0, 0 },
		{ "1 2 INVITE 3", 0, 0, 0 },
		{ "", 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].in));
		struct rack r = { 0 };
		bool ok = rack_parse(in, &r) == 0;

		if (ok != cases[i].ok || r.rseq != cases[i].rseq || r.cseq.number != cases[i].number)
			fail_msg("'%s': %d %u %u", cases[i].in, ok, r.rseq, r.cseq.number);
		guard_free(in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cseq_values),
		cmocka_unit_test(rack_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

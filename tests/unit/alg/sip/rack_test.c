/* SPDX-License-Identifier: BSD-3-Clause */
/* RSeq values, RAck written, and which response a RAck names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sip/rack.h"
#include "tests/unit/guard.h"

static void rseq_values(void **state)
{
	static const struct {
		const char *in;
		int ok;
		uint32_t rseq;
	} cases[] = {
		{ "1", 1, 1 },
		{ "4294967295", 1, UINT32_MAX },
		{ "\t0988789 ", 1, 988789 },
		{ "0", 0, 0 }, /* RFC 3262 7.1: from 1 */
		{ "4294967296", 0, 0 },
		{ "", 0, 0 },
		{ "1 2", 0, 0 },
		{ "-1", 0, 0 },
		{ "1x", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].in));
		uint32_t rseq = 77;
		bool ok = rseq_parse(in, &rseq) == 0;

		if (ok != cases[i].ok || rseq != (ok ? cases[i].rseq : 77))
			fail_msg("'%s': %d %u", cases[i].in, ok, rseq);
		guard_free(in);
	}
}

static void what_is_read_is_written(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "776656 1 INVITE", "776656 1 INVITE" },
		{ " 1\t2147483647\r\n  INVITE ", "1 2147483647 INVITE" },
		{ "4294967295 0 NEWMETHOD", "4294967295 0 NEWMETHOD" },
	};
	char buf[64];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct writer w = writer_over(buf, sizeof(buf));
		struct rack r;

		assert_int_equal(rack_parse(span_str(cases[i].in), &r), 0);
		rack_write(&w, &r);
		if (!span_eq(writer_done(&w), span_str(cases[i].out)))
			fail_msg("'%s': '%.*s'", cases[i].in, SPAN_ARG(writer_done(&w)));
	}
}

static void names_one_response(void **state)
{
	static const struct {
		const char *rack;
		uint32_t rseq, cseq;
		bool names;
	} cases[] = {
		{ "7 314159 INVITE", 7, 314159, true },  { "7 314159 INVITE", 8, 314159, false },
		{ "7 314159 INVITE", 7, 314160, false }, { "7 314159 UPDATE", 7, 314159, false },
		{ "7 314159 invite", 7, 314159, false },
	};
	struct rack r;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(rack_parse(span_str(cases[i].rack), &r), 0);
		if (rack_names(&r, cases[i].rseq, cases[i].cseq) != cases[i].names)
			fail_msg("'%s' %u %u", cases[i].rack, cases[i].rseq, cases[i].cseq);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rseq_values),
		cmocka_unit_test(what_is_read_is_written),
		cmocka_unit_test(names_one_response),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/gate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

static void what_passes(void **state)
{
	static const struct {
		bool media, events, silence;
		enum gate_verdict pcmu, g722, event;
	} cases[] = {
		{ false, false, false, GATE_PASS, GATE_PASS, GATE_PASS },
		{ true, false, false, GATE_BLOCK, GATE_BLOCK, GATE_PASS },
		{ false, true, false, GATE_PASS, GATE_PASS, GATE_BLOCK },
		{ true, true, false, GATE_BLOCK, GATE_BLOCK, GATE_BLOCK },
		{ false, false, true, GATE_SILENCE, GATE_BLOCK, GATE_PASS },
		{ false, true, true, GATE_SILENCE, GATE_BLOCK, GATE_BLOCK },
		{ true, false, true, GATE_BLOCK, GATE_BLOCK, GATE_PASS },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct gate g = { .media = cases[i].media, .events = cases[i].events, .silence = cases[i].silence };

		numbers_put(&g.number, 101);
		assert_int_equal(gate_is_shut(&g), i != 0);
		assert_int_equal(gate_judge(&g, 0), cases[i].pcmu);
		assert_int_equal(gate_judge(&g, 8), cases[i].pcmu);
		assert_int_equal(gate_judge(&g, 9), cases[i].g722);
		assert_int_equal(gate_judge(&g, 101), cases[i].event);
	}
}

#define HEAD(payload) "\x80" payload "\0\1\0\0\0\2\0\0\0\3"

static void silence_is_written_over_the_voice_only(void **state)
{
	static const struct {
		const char *name;
		struct span in, out;
	} cases[] = {
		{ "mu-law", SPAN(HEAD("\0") "abc"), SPAN(HEAD("\0") "\xff\xff\xff") },
		{ "A-law, marked", SPAN(HEAD("\x88") "abc"), SPAN(HEAD("\x88") "\xd5\xd5\xd5") },
		{ "nothing said", SPAN(HEAD("\0")), SPAN(HEAD("\0")) },
		{ "behind an extension",
		  SPAN("\x90\0\0\1\0\0\0\2\0\0\0\3\xbe\xde\0\1"
		       "extnab"),
		  SPAN("\x90\0\0\1\0\0\0\2\0\0\0\3\xbe\xde\0\1"
		       "extn\xff\xff") },
		{ "before padding",
		  SPAN("\xa0\0\0\1\0\0\0\2\0\0\0\3"
		       "ab\0\2"),
		  SPAN("\xa0\0\0\1\0\0\0\2\0\0\0\3\xff\xff\0\2") },
		{ "padding that is more than there is",
		  SPAN("\xa0\0\0\1\0\0\0\2\0\0\0\3"
		       "ab\0\x09"),
		  { 0 } },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span p = guard_span(cases[i].in);
		const struct span want = span_is_set(cases[i].out) ? cases[i].out : cases[i].in;

		if (gate_silence((uint8_t *)p.p, p.n) != (span_is_set(cases[i].out) ? 0 : -1) || !span_eq(p, want))
			fail_msg("%s", cases[i].name);
		guard_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_passes),
		cmocka_unit_test(silence_is_written_over_the_voice_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

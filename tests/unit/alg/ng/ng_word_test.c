/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/ng_word.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

static const struct word_case {
	struct span given, word;
	bool equal, begins;
	struct span rest;
} cases[] = {
	{ SPAN("call-id"), SPAN("call-id"), true, true, SPAN("") },
	{ SPAN("Call ID"), SPAN("call-id"), true, true, SPAN("") },
	{ SPAN("CALL_ID"), SPAN("call-id"), true, true, SPAN("") },
	{ SPAN("T.38"), SPAN("t38"), true, true, SPAN("") },
	{ SPAN(".T38."), SPAN("t38"), true, true, SPAN("") },
	{ SPAN("call-id2"), SPAN("call-id"), false, true, SPAN("2") },
	{ SPAN("call-i"), SPAN("call-id"), false, false, SPAN("") },
	{ SPAN("callid"), SPAN("call-id"), false, false, SPAN("") },
	{ SPAN("call--id"), SPAN("call-id"), false, false, SPAN("") },
	{ SPAN("replace-origin"), SPAN("replace-"), false, true, SPAN("origin") },
	{ SPAN(""), SPAN("x"), false, false, SPAN("") },
	{ SPAN("..."), SPAN("x"), false, false, SPAN("") },
};

static void spellings_are_normalised(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span given = guard_span(cases[i].given), rest = given;

		if (ng_word_eq(given, cases[i].word) != cases[i].equal)
			fail_msg("%s is %s", cases[i].given.p, cases[i].word.p);
		if (ng_word_starts(given, cases[i].word, &rest) != cases[i].begins)
			fail_msg("%s begins with %s", cases[i].given.p, cases[i].word.p);
		if (!span_eq(rest, cases[i].begins ? cases[i].rest : given))
			fail_msg("%s after %s: %.*s", cases[i].given.p, cases[i].word.p, SPAN_ARG(rest));
		guard_free(given);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(spellings_are_normalised) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

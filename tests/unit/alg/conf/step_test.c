/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/conf/step.h"
#include "tests/unit/guard.h"

static const char json[] = "{\n"
			   "  \"a\": 1,\n"
			   "  \"b\" : { \"//\": \"}],\\\"\", \"c\":[ 10, [ 20 , {} ],\n"
			   "\t\"x\" ] },\n"
			   "  \"\xc3\xa4\": \"\xc3\xa4\xc3\xb6\", \"d\": {\"e\":null}\n"
			   "}\n";

static const struct step a = { NULL, "a", 0 }, b = { NULL, "b", 1 }, umlaut = { NULL, "\xc3\xa4", 2 },
			 d = { NULL, "d", 3 };
static const struct step c = { &b, "c", 1 }, e = { &d, "e", 0 }, c0 = { &c, NULL, 0 }, c1 = { &c, NULL, 1 };
static const struct step c11 = { &c1, NULL, 1 }, c2 = { &c, NULL, 2 }, none = { &b, "none", 9 };
static const struct step bell = { &b, "x\x07y z", 0 };

static void place(void **state)
{
	static const struct {
		const struct step *step;
		enum step_part part;
		int line, column;
	} cases[] = {
		{ NULL, STEP_VALUE, 1, 1 },  { &a, STEP_KEY, 2, 3 },        { &a, STEP_VALUE, 2, 8 },
		{ &b, STEP_KEY, 3, 3 },      { &b, STEP_VALUE, 3, 9 },      { &c, STEP_KEY, 3, 26 },
		{ &c, STEP_VALUE, 3, 30 },   { &c0, STEP_VALUE, 3, 32 },    { &c0, STEP_KEY, 3, 32 },
		{ &c1, STEP_VALUE, 3, 36 },  { &c11, STEP_VALUE, 3, 43 },   { &c2, STEP_VALUE, 4, 2 },
		{ &umlaut, STEP_KEY, 5, 3 }, { &umlaut, STEP_VALUE, 5, 8 }, { &d, STEP_KEY, 5, 14 },
		{ &e, STEP_VALUE, 5, 24 },
	};
	struct span text = guard_span(SPAN(json));

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct place p = step_place(text, cases[i].step, cases[i].part);

		assert_int_equal(p.line, cases[i].line);
		assert_int_equal(p.column, cases[i].column);
	}
	guard_free(text);
}

static void place_stays_in_the_text(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < sizeof(json) - 1; n++) {
		struct span text = guard_span(span_of(json, n));

		step_place(text, &none, STEP_VALUE);
		assert_in_range(step_place(text, &c11, STEP_VALUE).line, 1, 7);
		guard_free(text);
	}
}

static void path(void **state)
{
	static const struct {
		const struct step *step;
		const char *text;
	} cases[] = { { NULL, "" }, { &a, "a" }, { &c, "b.c" }, { &c11, "b.c[1][1]" }, { &bell, "b.x?y?z" } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char buf[32];
		struct writer w = writer_over(buf, sizeof(buf));

		step_write(&w, cases[i].step);
		assert_true(span_eq(writer_done(&w), span_str(cases[i].text)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(place),
		cmocka_unit_test(place_stays_in_the_text),
		cmocka_unit_test(path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Diversion values and their causes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sip/diversion.h"
#include "tests/unit/guard.h"

static void values(void **state)
{
	static const struct {
		const char *in, *uri;
		const char *params; /* written again; NULL: refused */
		bool hidden;
	} cases[] = {
		{ "<sip:+19195551002@192.0.2.1>;reason=user-busy;screen=\"no\";privacy=\"off\"",
		  "sip:+19195551002@192.0.2.1", ";reason=user-busy;privacy=off", false },
		{ "\"B\" <sip:bob@b.example> ; Reason=\"no-answer\" ; counter=3 ; privacy=full", "sip:bob@b.example",
		  ";reason=no-answer;counter=3;privacy=full", true },
		{ "<tel:+15551234567>;privacy=uri;counter=1", "tel:+15551234567", ";privacy=uri", true },
		{ "<sip:a@b>;privacy=name", "sip:a@b", ";privacy=name", false },
		{ "sip:a@b", "sip:a@b", "", false },
		{ "<sip:a@b>;counter=x", "", NULL, false },
		{ "<sip:a@b>;counter=4294967296", "", NULL, false },
		{ "<sip:a@b", "", NULL, false },
		{ "*", "", NULL, false },
		{ "", "", NULL, false },
	};
	char buf[128];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].in));
		struct writer w = writer_over(buf, sizeof(buf));
		struct diversion d = { 0 };
		bool ok = diversion_parse(in, &d) == 0;

		diversion_params_write(&w, &d);
		if (ok != (cases[i].params != NULL) || !span_eq(writer_done(&w), span_str(cases[i].params)) ||
		    !span_eq(d.uri, span_str(cases[i].uri)) || diversion_is_private(&d) != cases[i].hidden)
			fail_msg("'%s': %d '%.*s' '%.*s'", cases[i].in, ok, SPAN_ARG(d.uri), SPAN_ARG(writer_done(&w)));
		guard_free(in);
	}
}

static void causes(void **state)
{
	static const struct {
		const char *reason;
		uint16_t cause;
		bool back;
	} cases[] = {
		{ "unconditional", 302, true }, { "no-answer", 408, true },   { "User-Busy", 486, false },
		{ "deflection", 480, true },    { "unavailable", 503, true }, { "unknown", 404, true },
		{ "time-of-day", 404, false },  { "", 404, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(diversion_cause(span_str(cases[i].reason)), cases[i].cause);
		if (cases[i].back)
			assert_true(span_eq(diversion_reason(cases[i].cause), span_str(cases[i].reason)));
	}
	assert_true(span_eq(diversion_reason(487), SPAN("deflection")));
	assert_true(span_eq(diversion_reason(200), SPAN("unknown")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(causes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

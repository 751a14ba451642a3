/* SPDX-License-Identifier: BSD-3-Clause */
/* Session-Expires and Min-SE values, read and written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sip/session_expires.h"
#include "tests/unit/guard.h"

static void session_expires_values(void **state)
{
	static const struct {
		const char *in;
		const char *out; /* written again; NULL: refused */
	} cases[] = {
		{ "4000;refresher=uac", "4000;refresher=uac" },
		{ "1800 ; Refresher = UAS ", "1800;refresher=uas" },
		{ "90", "90" },
		{ " 0 ", "0" },
		{ "4294967295", "4294967295" },
		{ "1800;x;refresher=uas;y=\"z\"", "1800;refresher=uas" },
		{ "4294967296", NULL },
		{ "", NULL },
		{ ";refresher=uac", NULL },
		{ "1800;refresher=both", NULL },
		{ "1800;refresher", NULL },
		{ "1800;refresher=uac;refresher=uas", NULL },
		{ "1800;refresher=uac;refresher=uac", NULL },
		{ "1800 1800", NULL },
		{ "1800,90", NULL },
		{ "18.5", NULL },
		{ "-1", NULL },
		{ "1800;", NULL },
	};
	char buf[64];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].in));
		struct writer w = writer_over(buf, sizeof(buf));
		struct session_expires v = { .delta = 77, .refresher = REFRESHER_UAS };
		bool ok = session_expires_parse(in, &v) == 0;

		session_expires_write(&w, &v);
		if (!span_eq(writer_done(&w), ok ? span_str(cases[i].out) : SPAN("77;refresher=uas")) ||
		    ok != (cases[i].out != NULL))
			fail_msg("'%s': %d '%.*s'", cases[i].in, ok, SPAN_ARG(writer_done(&w)));
		guard_free(in);
	}
}

static void min_se_values(void **state)
{
	static const struct {
		const char *in;
		int ok;
		uint32_t delta;
	} cases[] = {
		{ "3600", 1, 3600 },    { " 90;lr;x=y ", 1, 90 },
		{ "0", 1, 0 },          { "4294967295", 1, UINT32_MAX },
		{ "4294967296", 0, 0 }, { "", 0, 0 },
		{ "90 s", 0, 0 },       { "90;=", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].in));
		uint32_t delta = 77;
		bool ok = min_se_parse(in, &delta) == 0;

		if (ok != cases[i].ok || delta != (ok ? cases[i].delta : 77))
			fail_msg("'%s': %d %u", cases[i].in, ok, delta);
		guard_free(in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(session_expires_values),
		cmocka_unit_test(min_se_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

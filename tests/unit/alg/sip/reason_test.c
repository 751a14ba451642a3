/* SPDX-License-Identifier: BSD-3-Clause */
/* Reason values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sip/reason.h"
#include "tests/unit/guard.h"

static void values(void **state)
{
	static const struct {
		const char *in;
		const char *out; /* NULL: refused */
	} cases[] = {
		{ "SIP;cause=200;text=\"Call completed elsewhere\"",
		  "SIP;cause=200;text=\"Call completed elsewhere\"" },
		{ "Q.850 ; cause = 16 ; x ; Text=\"a\\\"b\"", "Q.850;cause=16;text=\"a\\\"b\"" },
		{ "preemption", "preemption" },
		{ "SIP;text=gone", "SIP;text=\"gone\"" },
		{ "SIP;cause=0", "SIP" },
		{ "SIP;cause=999", "SIP;cause=999" },
		{ "SIP;cause=1000", NULL },
		{ "SIP;cause=16;cause=17", NULL },
		{ "SIP;cause=-1", NULL },
		{ "SIP;cause", NULL },
		{ "SIP;text=\"x", NULL },
		{ "SIP, Q.850", NULL },
		{ ";cause=1", NULL },
		{ "", NULL },
	};
	char buf[128];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].in));
		struct writer w = writer_over(buf, sizeof(buf));
		struct reason r = { .cause = 77 };
		bool ok = reason_parse(in, &r) == 0;

		if (ok)
			reason_write(&w, &r);
		if (ok != (cases[i].out != NULL) || !span_eq(writer_done(&w), span_str(cases[i].out)) ||
		    (!ok && r.cause != 77))
			fail_msg("'%s': %d '%.*s'", cases[i].in, ok, SPAN_ARG(writer_done(&w)));
		guard_free(in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

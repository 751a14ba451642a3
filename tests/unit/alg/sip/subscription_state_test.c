/* SPDX-License-Identifier: BSD-3-Clause */
/* Subscription-State values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sip/subscription_state.h"
#include "tests/unit/guard.h"

static void values(void **state)
{
	static const struct {
		const char *in;
		const char *out; /* NULL: refused */
		enum subscription_phase phase;
	} cases[] = {
		{ "active;expires=3600", "active;expires=3600", SUBSCRIPTION_ACTIVE },
		{ "Active ; Expires = 0", "active;expires=0", SUBSCRIPTION_ACTIVE },
		{ "pending", "pending", SUBSCRIPTION_PENDING },
		{ "terminated;reason=noresource", "terminated;reason=noresource", SUBSCRIPTION_TERMINATED },
		{ "terminated;retry-after=120;x=y;reason=probation", "terminated;reason=probation;retry-after=120",
		  SUBSCRIPTION_TERMINATED },
		{ "waiting;expires=4294967294", "waiting;expires=4294967294", SUBSCRIPTION_OTHER },
		{ "active;expires=4294967295", NULL, 0 },
		{ "active;expires", NULL, 0 },
		{ "active;expires=60;expires=61", NULL, 0 },
		{ "active;retry-after=-1", NULL, 0 },
		{ "terminated;reason=a;reason=b", NULL, 0 },
		{ "terminated;reason=\"a\"", NULL, 0 },
		{ "active pending", NULL, 0 },
		{ ";expires=60", NULL, 0 },
		{ "", NULL, 0 },
	};
	char buf[128];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].in));
		struct writer w = writer_over(buf, sizeof(buf));
		struct subscription_state v = { .expires = 77 };
		bool ok = subscription_state_parse(in, &v) == 0;

		if (ok)
			subscription_state_write(&w, &v);
		if (ok != (cases[i].out != NULL) || !span_eq(writer_done(&w), span_str(cases[i].out)) ||
		    (ok ? v.phase != cases[i].phase : v.expires != 77))
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

/* SPDX-License-Identifier: BSD-3-Clause */
/* Event values and when two are the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sip/event.h"
#include "tests/unit/guard.h"

static void values(void **state)
{
	static const struct {
		const char *in;
		const char *out; /* NULL: refused */
	} cases[] = {
		{ "refer;id=93809824", "refer;id=93809824" },
		{ " presence.winfo ", "presence.winfo" },
		{ "dialog ; sla ; ID = 7", "dialog;id=7" },
		{ "message-summary", "message-summary" },
		{ "refer;id", NULL },
		{ "refer;id=\"x\"", NULL },
		{ "refer;id=1;id=2", NULL },
		{ "refer refer", NULL },
		{ "refer,dialog", NULL },
		{ ";id=1", NULL },
		{ "", NULL },
	};
	char buf[64];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].in));
		struct writer w = writer_over(buf, sizeof(buf));
		struct event e = { 0 };
		bool ok = event_parse(in, &e) == 0;

		event_write(&w, &e);
		if (ok != (cases[i].out != NULL) || !span_eq(writer_done(&w), span_str(cases[i].out)))
			fail_msg("'%s': %d '%.*s'", cases[i].in, ok, SPAN_ARG(writer_done(&w)));
		guard_free(in);
	}
}

static void the_same(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{ "refer", "refer", true },
		{ "refer;id=1", "refer ;x=y;id=1", true },
		{ "refer;id=1", "refer;id=2", false },
		{ "refer", "refer;id=1", false },
		{ "refer", "Refer", false },
		{ "presence", "presence.winfo", false },
	};
	struct event a, b;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(event_parse(span_str(cases[i].a), &a), 0);
		assert_int_equal(event_parse(span_str(cases[i].b), &b), 0);
		if (event_eq(&a, &b) != cases[i].same || event_eq(&b, &a) != cases[i].same)
			fail_msg("'%s' '%s'", cases[i].a, cases[i].b);
	}
}

static void several_subscriptions(void **state)
{
	static const struct {
		const char *in;
		bool may;
	} cases[] = {
		{ "dialog;sla", true },    { "message-summary", true },
		{ "refer;id=1", true },    { "winfo", true },
		{ "presence", false },     { "presence;id=7", false },
		{ "reg", false },          { "conference", false },
		{ "dialog.winfo", false }, { "presence.winfo.winfo", false },
	};
	struct event e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(event_parse(span_str(cases[i].in), &e), 0);
		if (event_may_fork(&e) != cases[i].may)
			fail_msg("'%s'", cases[i].in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(the_same),
		cmocka_unit_test(several_subscriptions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

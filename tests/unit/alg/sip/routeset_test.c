/* SPDX-License-Identifier: BSD-3-Clause */
/* Where a request in a dialog goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sip/routeset.h"
#include "tests/unit/guard.h"

static void check(const char *routes, const char *target, const char *uri, const char *route)
{
	char mem[512];
	struct writer w = writer_over(mem, sizeof(mem));
	struct span r = guard_span(span_str(routes)), t = guard_span(span_str(target));
	struct routeset out = routeset_apply(&w, r, t);

	if (!span_eq(out.uri, span_str(uri)) || !span_eq(out.route, span_str(route)))
		fail_msg("%s + %s: %.*s + %.*s", routes, target, SPAN_ARG(out.uri), SPAN_ARG(out.route));
	guard_free(r);
	guard_free(t);
}

/* RFC 3261 12.2.1.1. */
static void routes_are_loose_or_strict(void **state)
{
	static const struct {
		const char *routes, *target, *uri, *route;
	} cases[] = {
		{ "", "sip:a@b", "sip:a@b", "" },
		{ "<sip:p;lr>", "sip:a@b", "sip:a@b", "<sip:p;lr>" },
		{ "<sip:p;lr=on>, <sip:q>", "sip:a@b", "sip:a@b", "<sip:p;lr=on>, <sip:q>" },
		{ "<sip:p>", "sip:a@b", "sip:p", "<sip:a@b>" },
		{ "<sip:p;transport=tcp>, <sip:q;lr>", "sip:a@b;x=y", "sip:p;transport=tcp",
		  "<sip:q;lr>, <sip:a@b;x=y>" },
		{ "\"a, <b\" <sip:u,v@p>;hide,<sip:q;lr>", "sip:a@b", "sip:u,v@p", "<sip:q;lr>, <sip:a@b>" },
		{ "<sip:p;LR>", "sip:a@b", "sip:a@b", "<sip:p;LR>" },
		{ "nonsense", "sip:a@b", "sip:a@b", "nonsense" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check(cases[i].routes, cases[i].target, cases[i].uri, cases[i].route);
}

static void targets_lose_what_is_not_for_the_request_line(void **state)
{
	static const struct {
		const char *target, *uri;
	} cases[] = {
		{ "sip:a@b:5060;ob;transport=tcp", "sip:a@b:5060;ob;transport=tcp" },
		{ "sip:a:secret@b", "sip:a@b" },
		{ "sip:a@b?Subject=x&Route=%3Csip:c%3E", "sip:a@b" },
		{ "sip:a@b;comp=sigcomp", "sip:a@b" },
		{ "sip:a@b;x;COMP=sigcomp;sigcomp-id=%22u%22;y=z", "sip:a@b;x;y=z" },
		{ "sips:[2001:db8::1]:5061;comp=sigcomp", "sips:[2001:db8::1]:5061" },
		{ "sip:company@b;complete=1", "sip:company@b;complete=1" },
		{ "sip:[2001:db8::1]", "sip:[2001:db8::1]" },
		{ "tel:+49;phone-context=+4", "tel:+49;phone-context=+4" },
		{ "urn:service:sos?x", "urn:service:sos?x" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check("", cases[i].target, cases[i].uri, "");
	check("<sip:p:x@q;comp=sigcomp>", "sip:a@b;comp=sigcomp", "sip:p@q", "<sip:a@b>");
}

static void nothing_changes_where_there_is_no_room(void **state)
{
	char mem[8];
	struct writer w = writer_over(mem, sizeof(mem));
	struct routeset out = routeset_apply(&w, SPAN("<sip:strict.example>"), SPAN("sip:a@b"));

	(void)state;
	assert_true(span_eq(out.uri, SPAN("sip:a@b")));
	assert_true(span_eq(out.route, SPAN("<sip:strict.example>")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(routes_are_loose_or_strict),
		cmocka_unit_test(targets_lose_what_is_not_for_the_request_line),
		cmocka_unit_test(nothing_changes_where_there_is_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

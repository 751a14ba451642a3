/* SPDX-License-Identifier: BSD-3-Clause */
/* Content-Type values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sip/content_type.h"
#include "tests/unit/guard.h"

static void types(void **state)
{
	static const struct {
		const char *in;
		bool sdp;
	} cases[] = {
		{ "application/sdp", true },
		{ " Application / SDP ; charset=utf-8 ", true },
		{ "application/sdp;x=\"a;b\"", true },
		{ "application/sdpx", false },
		{ "application/sd", false },
		{ "text/sdp", false },
		{ "application", false },
		{ "application/", false },
		{ "application/sdp, text/plain", false },
		{ "application/sdp;=", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].in));

		if (content_type_is(in, SPAN("application/sdp")) != cases[i].sdp)
			fail_msg("'%s'", cases[i].in);
		guard_free(in);
	}
	assert_false(content_type_is((struct span){ 0 }, SPAN("application/sdp")));
}

static void parts_of_it(void **state)
{
	struct span in = guard_span(SPAN("multipart/mixed;boundary=\"a b\";x"));
	struct content_type t;

	(void)state;
	assert_int_equal(content_type_parse(in, &t), 0);
	assert_true(span_eq(t.type, SPAN("multipart")));
	assert_true(span_eq(t.subtype, SPAN("mixed")));
	assert_true(span_eq(t.params, SPAN(";boundary=\"a b\";x")));
	guard_free(in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types),
		cmocka_unit_test(parts_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Parameter lists: what is taken, what is refused, what is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/base/writer.h"
#include "alg/sip/params.h"
#include "tests/unit/guard.h"

/* Shows a list as name[=value]| for each parameter, then "!" where it is malformed. */
static struct span list_show(struct span list, char *buf, uint32_t cap)
{
	struct writer w = writer_over(buf, cap);
	struct param p;
	int got;

	while ((got = param_next(&list, &p)) == 1) {
		writer_put(&w, p.name);
		if (span_is_set(p.value)) {
			writer_byte(&w, '=');
			writer_put(&w, p.value);
		}
		writer_byte(&w, '|');
	}
	if (got < 0)
		writer_byte(&w, '!');
	return writer_done(&w);
}

static void lists_are_taken_apart(void **state)
{
	static const struct {
		const char *in, *expected;
	} cases[] = {
		{ "", "" },
		{ "  ", "" },
		{ ";lr", "lr|" },
		{ ";a=1;b;c=3", "a=1|b|c=3|" },
		{ " ; a = 1 \r\n ; b ", "a=1|b|" },
		{ ";q=\"x;y,\\\"z\"", "q=\"x;y,\\\"z\"|" },
		{ ";received=2001:db8::1;rport", "received=2001:db8::1|rport|" },
		{ ";maddr=[2001:db8::1]", "maddr=[2001:db8::1]|" },
		{ ";nonce=ab==", "nonce=ab==|" },
		{ "a", "!" },
		{ ";", "!" },
		{ ";;", "!" },
		{ ";a;", "a|!" },
		{ ";a=", "!" },
		{ ";=1", "!" },
		{ ";a=1 2", "!" },
		{ ";a,b", "!" },
		{ ";a=\"x", "!" },
		{ ";a=\"x\"y", "!" },
		{ ";a=<x>", "!" },
		{ ";a@b", "!" },
		{ ";a=\x01", "!" },
	};
	char buf[128];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span list = guard_span(span_str(cases[i].in));
		struct span got = list_show(list, buf, sizeof(buf));
		bool ok = cases[i].expected[0] == '\0' || !strchr(cases[i].expected, '!');

		if (!span_eq(got, span_str(cases[i].expected)) || params_ok(list) != ok)
			fail_msg("'%s': got '%.*s'", cases[i].in, SPAN_ARG(got));
		guard_free(list);
	}
}

static void a_parameter_is_found_by_name(void **state)
{
	const struct span list = SPAN(";Tag=x;lr;q=\"0.5\";tag=y");

	(void)state;
	assert_true(span_eq(params_get(list, SPAN("tag")), SPAN("x")));
	assert_true(span_eq(params_get(list, SPAN("Q")), SPAN("\"0.5\"")));
	assert_false(params_has(list, SPAN("ta")));
	assert_false(params_has((struct span){ 0 }, SPAN("tag")));
}

static void no_value_is_set_but_empty(void **state)
{
	struct span lr = params_get(SPAN(";lr"), SPAN("lr"));

	(void)state;
	assert_true(span_is_set(lr));
	assert_int_equal(lr.n, 0);
}

static void nothing_is_found_behind_a_malformed_one(void **state)
{
	(void)state;
	assert_false(params_has(SPAN(";a=;b"), SPAN("b")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_taken_apart),
		cmocka_unit_test(a_parameter_is_found_by_name),
		cmocka_unit_test(no_value_is_set_but_empty),
		cmocka_unit_test(nothing_is_found_behind_a_malformed_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

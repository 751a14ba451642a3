/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/conf/suggest.h"
#include "tests/unit/guard.h"

static void distance(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned distance;
	} cases[] = {
		{ "realm", "realm", 0 },
		{ "relm", "realm", 1 },
		{ "realms", "realm", 1 },
		{ "reelm", "realm", 1 },
		{ "raelm", "realm", 1 },
		{ "", "realm", 5 },
		{ "", "", 0 },
		{ "kitten", "sitting", 3 },
		{ "abcdefghijklmnopqrstuvwxyz012345", "abcdefghijklmnopqrstuvwxyz01234", 1 },
		{ "abcdefghijklmnopqrstuvwxyz0123456", "abcdefghijklmnopqrstuvwxyz0123456", 1000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span a = guard_span(span_str(cases[i].a)), b = guard_span(span_str(cases[i].b));

		assert_int_equal(suggest_distance(a, b), cases[i].distance);
		assert_int_equal(suggest_distance(b, a), cases[i].distance);
		guard_free(a);
		guard_free(b);
	}
}

static void offer(void **state)
{
	static const struct {
		const char *given, *best;
	} cases[] = {
		{ "relm", "realm" }, { "peer", "peers" }, { "probes", "probe" }, { "x", NULL }, { "transport", NULL },
	};
	static const char *const words[] = { "realm", "peers", "probe", "limits" };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct suggest s = { .given = span_str(cases[i].given) };

		for (size_t j = 0; j < sizeof(words) / sizeof(words[0]); j++)
			suggest_offer(&s, span_str(words[j]));
		assert_true(span_eq(s.best, span_str(cases[i].best)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(distance), cmocka_unit_test(offer) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

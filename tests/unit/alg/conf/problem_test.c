/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/conf/problem.h"

struct seen {
	char text[64];
	unsigned n;
	int last_line;
};

static void see(void *ctx, const struct conf_problem *p)
{
	struct seen *s = ctx;

	s->n++;
	s->last_line = p->line;
	if (strlen(s->text) + strlen(p->path) + strlen(p->text) < sizeof(s->text))
		strcat(strcat(s->text, p->path), p->text);
}

static void told_in_the_order_of_the_file(void **state)
{
	struct problems all = { 0 };
	struct seen seen = { 0 };

	(void)state;
	problem_add(&all, 2, 1, SPAN("c"), SPAN("1"));
	problem_add(&all, 1, 9, SPAN("b"), SPAN("2"));
	problem_add(&all, 1, 3, SPAN("a"), SPAN("3"));
	problem_add(&all, 1, 3, SPAN("a"), SPAN("4"));
	problem_add(&all, 1, 3, (struct span){ 0 }, (struct span){ 0 });
	problem_tell(&all, see, &seen);
	problem_free(&all);
	assert_string_equal(seen.text, "a3a4b2c1");
	assert_int_equal(seen.n, 5);
}

static void nobody_listens(void **state)
{
	struct problems all = { 0 };

	(void)state;
	problem_add(&all, 2, 1, SPAN("c"), SPAN("1"));
	problem_tell(&all, NULL, NULL);
	problem_free(&all);
	assert_int_equal(all.found, 1);
}

static void too_many(void **state)
{
	for (unsigned n = PROBLEM_MAX - 1; n <= PROBLEM_MAX + 2; n++) {
		struct problems all = { 0 };
		struct seen seen = { 0 };

		for (unsigned i = 0; i < n; i++)
			problem_add(&all, 5, (int)i, SPAN("p"), SPAN("t"));
		problem_tell(&all, see, &seen);
		problem_free(&all);
		assert_int_equal(all.found, n);
		assert_int_equal(seen.n, n > PROBLEM_MAX ? PROBLEM_MAX + 1 : n);
		assert_int_equal(seen.last_line, n > PROBLEM_MAX ? 0 : 5);
	}
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(told_in_the_order_of_the_file),
		cmocka_unit_test(nobody_listens),
		cmocka_unit_test(too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/verdict.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static bool is_counter_name(const char *s)
{
	size_t n = strlen(s);

	return n && n == strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_") && isalpha((unsigned char)s[0]);
}

/* They are the names of counters: every end has one, and no two have the same. */
static void every_end_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (unsigned v = 0; v < VERDICT_N; v++) {
		const char *name = verdict_name((enum verdict)v);

		if (!name || !is_counter_name(name))
			fail_msg("verdict %u", v);
		for (unsigned other = 0; other < v; other++)
			if (strcmp(name, verdict_name((enum verdict)other)) == 0)
				fail_msg("%s: twice", name);
	}
}

/* Who draws graphs of what was lost adds up all drop_*: what was not lost must not be among them. */
static void what_was_not_dropped_is_not_called_so(void **state)
{
	static const struct {
		enum verdict verdict;
		bool lost;
	} cases[] = {
		{ VERDICT_NONE, false },      { VERDICT_HANDED, false },      { VERDICT_SENT, false },
		{ VERDICT_TO_KERNEL, false }, { VERDICT_FROM_KERNEL, false }, { VERDICT_MAIL, false },
		{ VERDICT_SHORT, true },      { VERDICT_BANNED, true },       { VERDICT_BLOCKED, true },
		{ VERDICT_MAIL_RATE, true },  { VERDICT_QUEUE_FULL, true },   { VERDICT_WORKER_FULL, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if ((strncmp(verdict_name(cases[i].verdict), "drop_", 5) == 0) != cases[i].lost)
			fail_msg("%s", verdict_name(cases[i].verdict));
}

static void a_number_that_is_none_is_told_so(void **state)
{
	(void)state;
	assert_string_equal(verdict_name(VERDICT_N), "unknown");
	assert_string_equal(verdict_name((enum verdict)255), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_end_has_a_name_of_its_own),
		cmocka_unit_test(what_was_not_dropped_is_not_called_so),
		cmocka_unit_test(a_number_that_is_none_is_told_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/conf/help.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "alg/conf/schema.h"
#include "tests/unit/alg/conf/config_files.h"

static char readme[CONFIG_FILE_MAX], help[HELP_SIZE_MAX];

static void every_key_is_told(void **state)
{
	struct writer w = writer_over(help, sizeof(help));

	(void)state;
	conf_help(&w, HELP_TEXT);
	assert_false(w.failed);
	for (const struct key *k = schema; k->path; k++) {
		char line[80];

		snprintf(line, sizeof(line), "%s (", k->path);
		assert_true(span_search(writer_done(&w), span_str(line)) < w.n);
	}
	assert_int_equal(span_find(writer_done(&w), '`'), w.n);
}

static void lines_fit(void **state)
{
	struct writer w = writer_over(help, sizeof(help));
	struct span left, line;

	(void)state;
	conf_help(&w, HELP_TEXT);
	for (left = writer_done(&w); left.n; left = span_from(left, line.n + 1)) {
		line = span_slice(left, 0, span_find(left, '\n'));
		assert_in_range(line.n, 1, 100);
	}
}

/* `sbcctl -o markdown config keys` writes the table. */
static void the_readme_is_not_stale(void **state)
{
	struct span text = config_file_read("conf/README.md", readme);
	struct writer w = writer_over(help, sizeof(help));

	(void)state;
	assert_true(span_is_set(text));
	conf_help(&w, HELP_MARKDOWN);
	assert_false(w.failed);
	assert_true(span_search(text, writer_done(&w)) < text.n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_is_told),
		cmocka_unit_test(lines_fit),
		cmocka_unit_test(the_readme_is_not_stale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

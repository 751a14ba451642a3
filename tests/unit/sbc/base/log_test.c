/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "sbc/base/log.h"

struct heard {
	unsigned lines;
	enum log_level level;
	char line[2048];
};

static void hear(void *ctx, enum log_level level, const char *line)
{
	struct heard *h = ctx;

	h->lines++;
	h->level = level;
	snprintf(h->line, sizeof(h->line), "%s", line);
}

static void nothing_a_terminal_acts_upon_gets_through(void **state)
{
	static const struct {
		const char *name, *in, *out;
	} cases[] = {
		{ "plain", "INVITE sip:a@b", "INVITE sip:a@b" },
		{ "line break", "a\r\nsbc error: forged", "a??sbc error: forged" },
		{ "escape", "\033[2J\033]0;x\a", "?[2J?]0;x?" },
		{ "tab, DEL", "a\tb\177c", "a?b?c" },
		{ "UTF-8 stays", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80" },
		{ "C1 byte",
		  "\x9b"
		  "31m",
		  "?31m" },
		{ "C1 character",
		  "\xc2\x9b"
		  "31m",
		  "??31m" },
		{ "C1 behind a long start",
		  "\xe2\x9b"
		  "31m",
		  "??31m" },
		{ "cut off", "\xe2\x82", "??" },
		{ "too long a form", "\xc0\x9b", "??" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct heard h = { 0 };
		struct log l = { LOG_DEBUG, hear, &h };

		log_warn(&l, "%s", cases[i].in);
		assert_int_equal(h.lines, 1);
		if (strcmp(h.line, cases[i].out) != 0)
			fail_msg("%s: got \"%s\"", cases[i].name, h.line);
	}
}

static void only_what_the_level_asks_for(void **state)
{
	struct heard h = { 0 };
	struct log l = { LOG_WARN, hear, &h }, silent = { LOG_DEBUG, NULL, NULL };

	(void)state;
	log_info(&l, "no");
	log_debug(&l, "no");
	assert_int_equal(h.lines, 0);
	log_warn(&l, "yes %d", 1);
	assert_int_equal(h.level, LOG_WARN);
	log_error(&l, "yes %d", 2);
	assert_int_equal(h.level, LOG_ERROR_LEVEL);
	assert_string_equal(h.line, "yes 2");
	assert_int_equal(h.lines, 2);
	log_error(&silent, "to nobody");
}

static void a_long_line_is_cut(void **state)
{
	struct heard h = { 0 };
	struct log l = { LOG_DEBUG, hear, &h };
	char text[5000];

	(void)state;
	memset(text, 'x', sizeof(text));
	log_info(&l, "%.*s", (int)sizeof(text), text);
	assert_int_equal(strlen(h.line), 1023);
}

/* Through a pipe, as under systemd: with the level in front. */
static void stderr_has_the_priority_in_front(void **state)
{
	int old = dup(STDERR_FILENO), ends[2];
	char text[256] = "";
	ssize_t n;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	log_to_stderr(NULL, LOG_ERROR_LEVEL, "first");
	log_to_stderr(NULL, LOG_DEBUG, "second");
	dup2(old, STDERR_FILENO);
	close(ends[1]);
	n = read(ends[0], text, sizeof(text) - 1);
	close(ends[0]);
	close(old);
	assert_true(n > 0);
	assert_string_equal(text, "<3>sbc error: first\n<7>sbc debug: second\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_a_terminal_acts_upon_gets_through),
		cmocka_unit_test(only_what_the_level_asks_for),
		cmocka_unit_test(a_long_line_is_cut),
		cmocka_unit_test(stderr_has_the_priority_in_front),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

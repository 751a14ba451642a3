/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <getopt.h>
#include <string.h>

#include "rtpproxy/options.h"

enum { WORDS_MAX = 4 };

static void command_lines(void **state)
{
	static const struct {
		const char *word[WORDS_MAX];
		enum options_task task;
		const char *file;
	} cases[] = {
		{ { NULL }, OPTIONS_RUN, "/etc/natsbc/sbc.json" },
		{ { "-c", "a.json" }, OPTIONS_RUN, "a.json" },
		{ { "--config=a.json", "--check" }, OPTIONS_CHECK, "a.json" },
		{ { "--check" }, OPTIONS_CHECK, "/etc/natsbc/sbc.json" },
		{ { "--version", "--nonsense" }, OPTIONS_VERSION, NULL },
		{ { "-h" }, OPTIONS_HELP, NULL },
		{ { "--help" }, OPTIONS_HELP, NULL },
		{ { "-c" }, OPTIONS_WRONG, NULL },
		{ { "--nonsense" }, OPTIONS_WRONG, NULL },
		{ { "a.json" }, OPTIONS_WRONG, NULL },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *argv[WORDS_MAX + 2] = { (char *)(uintptr_t) "rtpproxy" };
		int argc = 1;
		struct options o;

		for (; argc <= WORDS_MAX && cases[i].word[argc - 1]; argc++)
			argv[argc] = (char *)(uintptr_t)cases[i].word[argc - 1];
		optind = 0;
		o = options_parse(argc, argv);
		if (o.task != cases[i].task)
			fail_msg("case %zu: task %d", i, (int)o.task);
		if (cases[i].file)
			assert_string_equal(o.file, cases[i].file);
	}
}

static void help_names_every_option(void **state)
{
	static const char *const words[] = { "--config",    "--check", "--version", "--help",
					     "Exit status", "af_xdp",  "af_packet" };
	(void)state;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strstr(options_help, words[i]))
			fail_msg("%s", words[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(command_lines),
		cmocka_unit_test(help_names_every_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

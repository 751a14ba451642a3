/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "sbc/trunk/secret.h"

static char folder[] = "/tmp/secret-test-XXXXXX";
static char log_text[2048];

static void on_log(void *ctx, enum log_level level, const char *line)
{
	size_t n = strlen(log_text);

	(void)ctx;
	snprintf(log_text + n, sizeof(log_text) - n, "%d %s\n", (int)level, line);
}

static const struct log log_here = { .level = LOG_DEBUG, .write = on_log };

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static void put(const char *name, const char *text, size_t n, mode_t mode)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "we");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
}

static void drop(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	unlink(path);
}

/* What a file holds, and what becomes of it; expected NULL: refused. */
static void files(void **state)
{
	static char longest[256], longer[257];
	static const struct {
		const char *text;
		mode_t mode;
		const char *expected, *word;
	} cases[] = {
		{ "geheim", 0600, "geheim", "" },
		{ "geheim\n", 0600, "geheim", "" },
		{ "geheim\r\nand more\n", 0400, "geheim", "" },
		{ " with blanks \n", 0600, " with blanks ", "" },
		{ "geheim\n", 0640, "geheim", "chmod 600" },
		{ "geheim\n", 0604, "geheim", "chmod 600" },
		{ "", 0600, NULL, "the first line of" },
		{ "\ngeheim\n", 0600, NULL, "the first line of" },
		{ longest, 0600, longest, "" },
		{ longer, 0600, NULL, "1 to 255 bytes" },
	};
	char where[128];
	(void)state;

	memset(longest, 'x', SECRET_MAX);
	memset(longer, 'x', SECRET_MAX + 1);
	snprintf(where, sizeof(where), "file:%s/s", folder);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct secret s;
		struct secret_word word;

		put("s", cases[i].text, strlen(cases[i].text), cases[i].mode);
		if (secret_read(where, &s, &word) != (cases[i].expected ? 0 : -1))
			fail_msg("case %zu: %s", i, word.text);
		assert_string_equal(cases[i].expected ? cases[i].expected : "", s.n ? s.text : "");
		if (cases[i].word[0] ? !strstr(word.text, cases[i].word) : word.text[0])
			fail_msg("case %zu: \"%s\"", i, word.text);
		secret_wipe(&s);
		assert_int_equal(s.text[0], 0);
		drop("s");
	}
}

static void other_places(void **state)
{
	static const struct {
		const char *where, *expected, *word;
	} cases[] = {
		{ "env:SECRET_TEST", "from-env", "" },
		{ "env:SECRET_TEST_EMPTY", NULL, "SECRET_TEST_EMPTY must have" },
		{ "env:SECRET_TEST_NONE", NULL, "SECRET_TEST_NONE is not set" },
		{ "cred:carrier", "from-cred", "" },
		{ "cred:nobody", NULL, "cannot read" },
		{ "file:/nowhere/at/all", NULL, "cannot read /nowhere/at/all: No such file" },
		{ "file:/tmp", NULL, "/tmp" },
		{ "plain", NULL, "expected \"file:PATH\"" },
	};
	(void)state;

	put("carrier", "from-cred\n", 10, 0644);
	setenv("SECRET_TEST", "from-env", 1);
	setenv("SECRET_TEST_EMPTY", "", 1);
	setenv("CREDENTIALS_DIRECTORY", folder, 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct secret s;
		struct secret_word word;
		int rc = secret_read(cases[i].where, &s, &word);

		if (rc != (cases[i].expected ? 0 : -1) || (rc == 0 && strcmp(s.text, cases[i].expected) != 0) ||
		    !strstr(word.text, cases[i].word))
			fail_msg("%s: %d \"%s\"", cases[i].where, rc, word.text);
	}
	unsetenv("CREDENTIALS_DIRECTORY");
	struct secret s;
	struct secret_word word;

	assert_int_equal(secret_read("cred:carrier", &s, &word), -1);
	assert_non_null(strstr(word.text, "LoadCredential=carrier:PATH"));
	drop("carrier");
}

static unsigned problems;
static char problem_text[512];

static void on_problem(void *ctx, const struct conf_problem *p)
{
	(void)ctx;
	problems++;
	snprintf(problem_text, sizeof(problem_text), "%s: %s", p->path, p->text);
}

/* Before the start: files, but not what only the service has. */
static void checked(void **state)
{
	struct conf_trunk trunks[] = {
		{ .name = "plain" },
		{ .name = "service", .auth = { .user = "u", .password = "env:SECRET_TEST_NONE" } },
		{ .name = "carrier", .auth = { .user = "u", .password = "file:/nowhere/at/all" } },
	};
	struct config conf = { .trunks = trunks, .ntrunk = 3 };
	(void)state;

	secrets_check(&conf, on_problem, NULL);
	assert_int_equal(problems, 1);
	assert_string_equal(problem_text,
			    "trunks.carrier.auth.password: cannot read /nowhere/at/all: No such file or directory");
}

/* Errors name the key. What can't be read at a reload stays as it was. */
static void those_of_trunks(void **state)
{
	struct conf_trunk trunks[] = {
		{ .name = "plain" },
		{ .name = "carrier", .auth = { .user = "u", .password = "env:SECRET_TEST" } },
		{ .name = "other",
		  .auth = { .user = "u", .password = "env:SECRET_TEST_NONE" },
		  .reg = { .present = true, .password = "env:SECRET_TEST_NONE" } },
	};
	struct config conf = { .trunks = trunks, .ntrunk = 3 };
	struct secrets *before, *after;
	(void)state;

	setenv("SECRET_TEST", "one", 1);
	before = secrets_load(&conf, &log_here);
	assert_int_equal(secrets_missing(before), 1);
	assert_string_equal(log_text, "0 trunks.other.register.password: the environment variable "
				      "SECRET_TEST_NONE is not set\n");
	assert_false(span_is_set(secrets_of_trunk(before, 0)));
	assert_true(span_eq(secrets_of_trunk(before, 1), SPAN("one")));
	assert_false(span_is_set(secrets_of_trunk(before, 2)));
	assert_false(span_is_set(secrets_of_trunk(before, 3)));
	assert_false(span_is_set(secrets_of_trunk(NULL, 0)));

	unsetenv("SECRET_TEST");
	setenv("SECRET_TEST_NONE", "two", 1);
	after = secrets_load(&conf, &log_here);
	assert_false(span_is_set(secrets_of_trunk(after, 1)));
	secrets_inherit(after, before);
	secrets_free(before);
	assert_true(span_eq(secrets_of_trunk(after, 1), SPAN("one")));
	assert_true(span_eq(secrets_of_trunk(after, 2), SPAN("two")));
	secrets_free(after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files),
		cmocka_unit_test(other_places),
		cmocka_unit_test(checked),
		cmocka_unit_test(those_of_trunks),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

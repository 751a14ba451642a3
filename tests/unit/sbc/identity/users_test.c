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

#include "sbc/identity/users.h"
#include "tests/unit/guard.h"

static const struct hash_key key = { 1, 2 };

#define MD5_HEX "d41d8cd98f00b204e9800998ecf8427e"
#define SHA_HEX "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* The last problem reported, as "path: text". */
struct said {
	char text[256];
	unsigned count;
};

static void note(void *ctx, const struct conf_problem *p)
{
	struct said *said = ctx;

	said->count++;
	snprintf(said->text, sizeof(said->text), "%d %s: %s", p->line, p->path, p->text);
}

static struct users *load(const char *json, struct said *said)
{
	struct span text = guard_span(span_str(json));
	struct users *u = users_load(text, &key, note, said);

	guard_free(text);
	return u;
}

static void test_loads(void **state)
{
	static const struct {
		const char *name, *json;
		uint32_t count;
		unsigned algorithms;
	} cases[] = {
		{ "nobody", "{\"users\":[]}", 0, 3 },
		{ "a password serves all", "{\"users\":[{\"name\":\"1\",\"password\":\"x\"}]}", 1, 3 },
		{ "both hashes",
		  "{\"users\":[{\"name\":\"1\",\"ha1\":{\"MD5\":\"" MD5_HEX "\",\"SHA-256\":\"" SHA_HEX "\"}}]}", 1,
		  3 },
		{ "one hash limits what is offered to all",
		  "{\"users\":[{\"name\":\"1\",\"ha1\":{\"MD5\":\"" MD5_HEX
		  "\"}},{\"name\":\"2\",\"password\":\"x\"}]}",
		  2, 1 << DIGEST_MD5 },
		{ "UTF-8", "{\"users\":[{\"name\":\"j\xc3\xbcrgen\",\"password\":\"x\"}]}", 1, 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct said said = { 0 };
		struct users *u = load(cases[i].json, &said);

		print_message("%s\n", cases[i].name);
		assert_string_equal(said.text, "");
		assert_non_null(u);
		assert_int_equal(users_count(u), cases[i].count);
		assert_int_equal(users_algorithms(u), cases[i].algorithms);
		users_free(u);
	}
}

static void test_refuses(void **state)
{
	static const struct {
		const char *json, *said;
	} cases[] = {
		{ "", "1 : '[' or" },
		{ "{\"users\":[}", "1 : unexpected" },
		{ "{\"users\":[],}", "1 : string or '}' expected near '}'. No comma stands behind the last member" },
		{ "[]", " : must be one object" },
		{ "{\"users\":{}}", " : must be one object" },
		{ "{\"users\":[],\"more\":1}", " : must be one object" },
		{ "{\"users\":[1]}", "users[0].name: must be" },
		{ "{\"users\":[{\"password\":\"x\"}]}", "users[0].name: must be" },
		{ "{\"users\":[{\"name\":\"\",\"password\":\"x\"}]}", "users[0].name: must be" },
		{ "{\"users\":[{\"name\":\"a@b\",\"password\":\"x\"}]}", "users[0].name: must be" },
		{ "{\"users\":[{\"name\":\"a:b\",\"password\":\"x\"}]}", "users[0].name: must be" },
		{ "{\"users\":[{\"name\":\"a\\r\\nb\",\"password\":\"x\"}]}", "users[0].name: must be" },
		{ "{\"users\":[{\"name\":\"a\\\"\",\"password\":\"x\"}]}", "users[0].name: must be" },
		{ "{\"users\":[{\"name\":7,\"password\":\"x\"}]}", "users[0].name: must be" },
		{ "{\"users\":[{\"name\":\"12345678901234567890123456789012345678901234567890123456789012345\","
		  "\"password\":\"x\"}]}",
		  "users[0].name: must be" },
		{ "{\"users\":[{\"name\":\"a\"}]}", "users[0]: must have" },
		{ "{\"users\":[{\"name\":\"a\",\"password\":\"x\",\"ha1\":{}}]}", "users[0]: must have" },
		{ "{\"users\":[{\"name\":\"a\",\"password\":\"\"}]}", "users[0].password: must be" },
		{ "{\"users\":[{\"name\":\"a\",\"password\":1}]}", "users[0].password: must be" },
		{ "{\"users\":[{\"name\":\"a\",\"passwort\":\"x\"}]}", "users[0]: must have" },
		{ "{\"users\":[{\"name\":\"a\",\"password\":\"x\",\"realm\":\"y\"}]}", "users[0]: unknown key" },
		{ "{\"users\":[{\"name\":\"a\",\"password\":\"x\"},{\"name\":\"a\",\"password\":\"y\"}]}",
		  "users[1].name: a user of this name" },
		{ "{\"users\":[{\"name\":\"a\",\"ha1\":{}}]}", "users[0].ha1: must be" },
		{ "{\"users\":[{\"name\":\"a\",\"ha1\":{\"MD4\":\"" MD5_HEX "\"}}]}",
		  "users[0].ha1: unknown algorithm" },
		{ "{\"users\":[{\"name\":\"a\",\"ha1\":{\"MD5\":\"" SHA_HEX "\"}}]}", "users[0].ha1: not the" },
		{ "{\"users\":[{\"name\":\"a\",\"ha1\":{\"MD5\":\"g41d8cd98f00b204e9800998ecf8427e\"}}]}",
		  "users[0].ha1: not the" },
		{ "{\"users\":[{\"name\":\"a\",\"ha1\":{\"MD5\":\"" MD5_HEX "\"}},"
		  "{\"name\":\"b\",\"ha1\":{\"SHA-256\":\"" SHA_HEX "\"}}]}",
		  "users: no hash algorithm is common" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct said said = { 0 };

		print_message("%s\n", cases[i].json);
		assert_null(load(cases[i].json, &said));
		assert_true(said.count >= 1);
		assert_non_null(strstr(said.text, cases[i].said));
	}
}

static void test_reports_all_problems(void **state)
{
	struct said said = { 0 };

	(void)state;
	assert_null(load("{\"users\":[{\"name\":\"a\"},{\"name\":\"b\",\"password\":\"x\"},{\"name\":\"\"}]}", &said));
	assert_int_equal(said.count, 2);
}

static void test_finds(void **state)
{
	struct said said = { 0 };
	struct users *u = load("{\"users\":[{\"name\":\"1001\",\"password\":\"secret\"},"
			       "{\"name\":\"1002\",\"ha1\":{\"MD5\":\"D41D8CD98F00B204E9800998ECF8427E\","
			       "\"sha-256\":\"" SHA_HEX "\"}}]}",
			       &said);
	const struct user *user;

	(void)state;
	assert_non_null(u);
	user = users_find(u, SPAN("1001"));
	assert_non_null(user);
	assert_true(span_eq(user->password, SPAN("secret")));
	assert_false(span_is_set(user->ha1[DIGEST_MD5]));
	user = users_find(u, SPAN("1002"));
	assert_non_null(user);
	assert_false(span_is_set(user->password));
	assert_true(span_eq(user->ha1[DIGEST_MD5], SPAN(MD5_HEX)));
	assert_true(span_eq(user->ha1[DIGEST_SHA256], SPAN(SHA_HEX)));
	assert_null(users_find(u, SPAN("1003")));
	assert_null(users_find(u, SPAN("100")));
	assert_null(users_find(u, (struct span){ 0 }));
	users_free(u);
}

static void test_reads_only_private_files(void **state)
{
	static const struct {
		mode_t mode;
		const char *why;
	} cases[] = {
		{ 0600, NULL },        { 0400, NULL },        { 0640, "chmod 600" },
		{ 0604, "chmod 600" }, { 0620, "chmod 600" }, { 0644, "chmod 600" },
	};
	char path[] = "/tmp/users_testXXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "{\"users\":[]}", 12), 12);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span text = { 0 };
		const char *why = NULL;
		int got;

		assert_int_equal(fchmod(fd, cases[i].mode), 0);
		got = users_file_read(path, &text, &why);
		print_message("%o\n", (unsigned)cases[i].mode);
		if (cases[i].why) {
			assert_int_equal(got, -1);
			assert_non_null(strstr(why, cases[i].why));
			assert_false(span_is_set(text));
		} else {
			assert_int_equal(got, 0);
			assert_true(span_eq(text, SPAN("{\"users\":[]}")));
			free((void *)(uintptr_t)text.p);
		}
	}
	close(fd);
	unlink(path);
}

static void test_tells_why_a_file_is_not_read(void **state)
{
	struct span text = { 0 };
	const char *why = NULL;

	(void)state;
	assert_int_equal(users_file_read("/nonexistent/users.json", &text, &why), -1);
	assert_string_equal(why, "No such file or directory");
	assert_int_equal(users_file_read("/dev/null", &text, &why), -1);
	assert_string_equal(why, "is not a file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loads),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_reports_all_problems),
		cmocka_unit_test(test_finds),
		cmocka_unit_test(test_reads_only_private_files),
		cmocka_unit_test(test_tells_why_a_file_is_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

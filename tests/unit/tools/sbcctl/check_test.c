/* SPDX-License-Identifier: BSD-3-Clause */
#include "tools/sbcctl/check.h"

#include <string.h>
#include <unistd.h>

#include "tests/unit/tools/sbcctl/capture.h"

#define NAME "sbcctl-check-test.json"

/* Where the tests' files are, and the output of one check. */
struct scene {
	char dir[40], file[80];
	char *out, *err;
};

static struct scene scene_init(void)
{
	struct scene s = { .dir = "/tmp/sbcctl-check-XXXXXX" };

	assert_non_null(mkdtemp(s.dir));
	snprintf(s.file, sizeof(s.file), "%s/" NAME, s.dir);
	return s;
}

static void scene_fini(struct scene *s)
{
	unlink(s->file);
	rmdir(s->dir);
	free(s->out);
	free(s->err);
}

static void scene_write(const struct scene *s, const char *text, size_t n)
{
	FILE *f = fopen(s->file, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	fclose(f);
}

static int scene_check(struct scene *s, const char *file)
{
	FILE *real = stderr;
	struct capture c;
	size_t n;
	int status;

	free(s->out);
	free(s->err);
	capture_begin(&c);
	stderr = open_memstream(&s->err, &n);
	status = check_config(file);
	fclose(stderr);
	stderr = real;
	capture_end(&c);
	s->out = c.text;
	return status;
}

#define SOUND "{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\"}}}"

static void files(void **state)
{
	static const struct {
		const char *name, *text;
		int status;
		const char *lines; /* the last ones */
	} cases[] = {
		{ "sound", SOUND, 0, ": sound: 1 realm, 0 trunks, 0 routes\n" },
		{ "sound, with more",
		  "{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\"},\"net\":{\"address\":\"10.1.0.5\"}},"
		  "\"trunks\":{\"t\":{\"realm\":\"net\",\"peers\":[\"10.1.0.9\"]}},\"routes\":[{\"send\":[\"t\"]}]}",
		  0, ": sound: 2 realms, 1 trunk, 1 route\n" },
		{ "an unknown key", "{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\"}},\n \"wibble\":1}", 1,
		  ":2:2: wibble: unknown key (\"sbcctl config keys\" lists all)\n1 problem\n" },
		{ "no file of ours", "[]", 1, "1 problem\n" },
		{ "empty", "", 1, "1 problem\n" },
	};
	struct scene s = scene_init();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].name);
		scene_write(&s, cases[i].text, strlen(cases[i].text));
		assert_int_equal(scene_check(&s, s.file), cases[i].status);
		print_message("%s", s.out);
		assert_memory_equal(s.out, s.file, strlen(s.file));
		assert_true(strlen(s.out) >= strlen(cases[i].lines));
		assert_string_equal(s.out + strlen(s.out) - strlen(cases[i].lines), cases[i].lines);
		assert_string_equal(s.err, "");
	}
	scene_fini(&s);
}

static void every_problem_is_told(void **state)
{
	static const char text[] =
		"{\"realms\":{\"lan\":{\"address\":\"nowhere\",\"listen\":[\"sctp:1\"]}},\"wibble\":1}";
	struct scene s = scene_init();
	unsigned lines = 0;

	(void)state;
	scene_write(&s, text, strlen(text));
	assert_int_equal(scene_check(&s, s.file), 1);
	for (const char *p = s.out; *p; p++)
		lines += *p == '\n';
	assert_int_equal(lines, 4);
	assert_non_null(strstr(s.out, "\n3 problems\n"));
	scene_fini(&s);
}

/* What is in a file that somebody sent must not steer the terminal. */
static void hostile_text(void **state)
{
	static const char text[] = "{\"realms\":{\"lan\":{\"address\":\"\\u001b[2J\"}},\"\\u001b]0;x\":1}";
	struct scene s = scene_init();

	(void)state;
	scene_write(&s, text, strlen(text));
	assert_int_equal(scene_check(&s, s.file), 1);
	assert_non_null(strstr(s.out, "2 problems"));
	assert_null(strchr(s.out, '\033'));
	scene_fini(&s);
}

static void no_file(void **state)
{
	struct scene s = scene_init();

	(void)state;
	assert_int_equal(scene_check(&s, s.file), 1);
	assert_non_null(strstr(s.err, "cannot read"));
	assert_non_null(strstr(s.err, NAME ": No such file or directory\n"));
	assert_string_equal(s.out, "");
	assert_int_equal(scene_check(&s, s.dir), 1);
	assert_non_null(strstr(s.err, ": Is a directory\n"));
	assert_int_equal(scene_check(&s, ""), 1);
	scene_fini(&s);
}

/* Nobody writes 16 MiB of configuration. */
static void too_large(void **state)
{
	struct scene s = scene_init();

	(void)state;
	scene_write(&s, SOUND, strlen(SOUND));
	assert_int_equal(truncate(s.file, 16 << 20), 0);
	assert_int_equal(scene_check(&s, s.file), 1);
	assert_non_null(strstr(s.err, "it is too large\n"));
	scene_fini(&s);
}

static void keys(void **state)
{
	static const struct {
		int markdown;
		const char *part;
	} cases[] = {
		{ 0, "realms.*.phones.ping (word)\n" },
		{ 1, "| `realms.*.phones.ping` | word | `\"options\"` |" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct capture c;
		int status;

		capture_begin(&c);
		status = check_keys(cases[i].markdown);
		capture_end(&c);
		assert_int_equal(status, 0);
		assert_non_null(strstr(c.text, cases[i].part));
		assert_int_equal(c.text[c.n - 1], '\n');
		free(c.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files),        cmocka_unit_test(every_problem_is_told),
		cmocka_unit_test(hostile_text), cmocka_unit_test(no_file),
		cmocka_unit_test(too_large),    cmocka_unit_test(keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

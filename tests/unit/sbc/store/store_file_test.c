/* SPDX-License-Identifier: BSD-3-Clause */
/* What can happen to the file of a store, and to who writes it. */
#include "tests/unit/sbc/store_scene.h"

static void die_while_writing(int told)
{
	enum { MANY = 4096, EACH = 7 };
	struct scene *s = &scene;
	char user[16];

	start_with(s, CONF, MANY);
	for (uint32_t i = 0; i < MANY; i++) {
		snprintf(user, sizeof(user), "k%u", i);
		put(s, user, NULL, "sip:k@192.168.1.2");
		if (i % EACH)
			continue;
		settle(s);
		if (write(told, &i, sizeof(i)) != sizeof(i))
			_exit(1);
	}
	for (;;)
		pause();
}

/* Killed at any moment: all that was written is there, and nothing broken. */
static void test_survives_being_killed(void **state)
{
	struct scene *s = &scene;

	(void)state;
	for (unsigned round = 1; round <= 3; round++) {
		uint32_t last = 0;
		int ends[2];
		pid_t child;

		unlink(path);
		assert_int_equal(pipe(ends), 0);
		child = fork();
		if (child == 0)
			die_while_writing(ends[1]);
		close(ends[1]);
		while (last < round * 150)
			assert_int_equal(read(ends[0], &last, sizeof(last)), sizeof(last));
		kill(child, SIGKILL);
		while (read(ends[0], &last, sizeof(last)) == sizeof(last))
			;
		close(ends[0]);
		assert_int_equal(waitpid(child, NULL, 0), child);
		start_with(s, CONF, 4096);
		assert_true(bindings_count(s->bindings) > last);
		assert_non_null(find(s, "k0"));
		assert_null(strstr(s->log, "moved aside"));
		stop(s);
	}
	unlink(path);
}

static void test_another_program_has_it(void **state)
{
	struct scene *s = &scene;
	int ends[2];
	pid_t child;
	char c;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		start(s);
		put(s, "ivan", NULL, "sip:ivan@192.168.1.2");
		settle(s);
		(void)!write(ends[1], "", 1);
		for (;;)
			pause();
	}
	assert_int_equal(read(ends[0], &c, 1), 1);
	start(s);
	assert_null(s->store);
	assert_non_null(strstr(s->log, "another program has it open"));
	assert_non_null(put(s, "judy", NULL, "sip:judy@192.168.1.2"));
	stop(s);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(ends[0]);
	close(ends[1]);
	start(s);
	assert_non_null(find(s, "ivan"));
	assert_null(find(s, "judy"));
	bindings_drop(s->bindings, find(s, "ivan"), BINDING_REMOVED, NOW);
	stop(s);
}

static void spoil_text(void)
{
	FILE *f = fopen(path, "w");

	fputs("{ \"this is\": \"another file of somebody\" }", f);
	fclose(f);
}

static void spoil_middle(void)
{
	FILE *f = fopen(path, "r+");

	for (long at = 4096; at < 40960; at += 64) {
		fseek(f, at, SEEK_SET);
		fputs("spoiled spoiled spoiled", f);
	}
	fclose(f);
}

static void spoil_by_sql(const char *sql)
{
	sqlite3 *db;

	unlink(path);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void spoil_foreign(void)
{
	spoil_by_sql("CREATE TABLE accounts (name TEXT)");
}

static void spoil_newer(void)
{
	spoil_by_sql("PRAGMA application_id = 1853055587; PRAGMA user_version = 99");
}

static void spoil_tables(void)
{
	spoil_by_sql("PRAGMA application_id = 1853055587; PRAGMA user_version = 1; CREATE TABLE binding (x)");
}

static void test_a_bad_file_is_moved_aside(void **state)
{
	static const struct {
		void (*spoil)(void);
		const char *told;
	} cases[] = {
		{ spoil_text, "not a database" },
		{ spoil_middle, "damaged" },
		{ spoil_foreign, "the database of another program" },
		{ spoil_newer, "of another version of this program" },
		{ spoil_tables, "its tables are not as this program makes them" },
	};
	struct scene *s = &scene;
	char user[16];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sweep("");
		start_with(s, CONF, 1024);
		for (int k = 0; k < 600; k++) {
			snprintf(user, sizeof(user), "n%d", k);
			put(s, user, NULL, "sip:n@192.168.1.2");
		}
		stop(s);
		cases[i].spoil();
		start(s);
		if (!strstr(s->log, cases[i].told))
			fail_msg("%zu: %s", i, s->log);
		assert_non_null(strstr(s->log, "state.db.20231114T221320Z, and a new one is made"));
		assert_true(store_state(s->store).up);
		put(s, "karl", NULL, "sip:karl@192.168.1.2");
		stop(s);
		assert_int_equal(sweep(".2023"), 1);
		start(s);
		assert_non_null(find(s, "karl"));
		stop(s);
	}
}

/* While it runs. */
static void test_a_file_that_goes_is_made_anew(void **state)
{
	struct scene *s = &scene;

	(void)state;
	start(s);
	put(s, "leo", NULL, "sip:leo@192.168.1.2");
	settle(s);
	assert_int_equal(sweep(""), 2);
	put(s, "mona", NULL, "sip:mona@192.168.1.2");
	settle(s);
	assert_true(store_state(s->store).up);
	restart(s);
	assert_non_null(find(s, "leo"));
	assert_non_null(find(s, "mona"));
	stop(s);
}

static void limit_files(rlim_t bytes)
{
	struct rlimit r;

	getrlimit(RLIMIT_FSIZE, &r);
	r.rlim_cur = bytes == RLIM_INFINITY ? r.rlim_max : bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &r), 0);
}

/* Calls go on; what changed meanwhile is written when there is room again. */
static void test_a_full_disk(void **state)
{
	struct scene *s = &scene;
	struct binding *b;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	start(s);
	b = put(s, "nina", NULL, "sip:nina@192.168.1.2");
	settle(s);
	limit_files(4096);
	put(s, "nina", b, "sip:nina@192.168.1.3");
	put(s, "olaf", NULL, "sip:olaf@192.168.1.4");
	settle_at(s, false);
	assert_int_equal(store_state(s->store).waiting, 2);
	assert_non_null(strstr(s->log, "until that is mended"));
	pass(s, 10 * STORE_RETRY_MS);
	assert_true(s->core.count.n[COUNT_STORE_FAILED] >= 1);
	assert_null(strstr(strstr(s->log, "until that is mended") + 1, "until that is mended")); /* once */
	limit_files(RLIM_INFINITY);
	settle_at(s, true);
	settle(s);
	assert_non_null(strstr(s->log, "it is written again"));
	restart(s);
	assert_span(find(s, "nina")->facts.contact, "sip:nina@192.168.1.3");
	assert_non_null(find(s, "olaf"));
	stop(s);
}

/* At the start. */
static void test_a_folder_that_comes_later(void **state)
{
	struct scene *s = &scene;
	char real[sizeof(path)], inner[128], outer[96];
	struct stat st;

	(void)state;
	memcpy(real, path, sizeof(path));
	snprintf(outer, sizeof(outer), "%s/outer", folder);
	snprintf(inner, sizeof(inner), "%s/inner", outer);
	snprintf(path, sizeof(path), "%s/state.db", inner);
	start(s);
	assert_false(store_state(s->store).up);
	assert_non_null(strstr(s->log, "cannot make its folder: No such file or directory"));
	put(s, "peter", NULL, "sip:peter@192.168.1.2");
	pass(s, 2 * STORE_RETRY_MS);
	assert_int_equal(mkdir(outer, 0700), 0);
	settle_at(s, true);
	settle(s);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(inner, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	restart(s);
	assert_non_null(find(s, "peter"));
	stop(s);
	unlink(path);
	rmdir(inner);
	rmdir(outer);
	memcpy(path, real, sizeof(path));
}

static void test_what_is_no_file_stays(void **state)
{
	struct scene *s = &scene;
	struct stat st;

	(void)state;
	assert_int_equal(mkdir(path, 0700), 0);
	start(s);
	assert_false(store_state(s->store).up);
	assert_non_null(strstr(s->log, "not a regular file"));
	stop(s);
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	rmdir(path);
}

/* Begun by root, say, and then run as a user: it is not readable for him, and he is told what to do. */
static void test_another_users_file(void **state)
{
	struct scene *s = &scene;
	const uid_t me = geteuid();
	int fd = open(path, O_CREAT | O_WRONLY, 0600);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(chmod(path, 0), 0);
	assert_int_equal(chmod(folder, 0777), 0);
	if (me == 0)
		assert_int_equal(seteuid(65534), 0); /* root may all */
	start(s);
	assert_false(store_state(s->store).up);
	assert_non_null(strstr(s->log, "it is another user's (chown)"));
	stop(s);
	assert_int_equal(seteuid(me), 0);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_survives_being_killed),
		STORE_TEST(test_another_program_has_it),
		STORE_TEST(test_a_bad_file_is_moved_aside),
		STORE_TEST(test_a_file_that_goes_is_made_anew),
		STORE_TEST(test_a_full_disk),
		STORE_TEST(test_a_folder_that_comes_later),
		STORE_TEST(test_what_is_no_file_stays),
		STORE_TEST(test_another_users_file),
	};

	return store_tests_run(tests, sizeof(tests) / sizeof(tests[0]));
}

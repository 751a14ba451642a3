/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sbc/privilege.h"

enum { SOMEBODY = 64110 }; /* whom no host knows */

static char folder[] = "/tmp/privilege-test-XXXXXX", log_text[4096];

static void on_log(void *ctx, enum log_level level, const char *line)
{
	const size_t n = strlen(log_text);

	(void)ctx, (void)level;
	snprintf(log_text + n, sizeof(log_text) - n, "%s\n", line);
}

static const struct log log_here = { .level = LOG_DEBUG, .write = on_log };

/* ----- in a process of its own, for there is no way back ----- */

/* The value of a line in /proc/self/status, as a hexadecimal number. */
static uint64_t status_of(const char *name)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[256];
	uint64_t v = UINT64_MAX;

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, name, strlen(name)) == 0)
			v = strtoull(line + strlen(name) + 1, NULL, 16);
	if (f)
		fclose(f);
	return v;
}

static void path_in(char out[128], const char *name)
{
	snprintf(out, 128, "%s/%s", folder, name);
}

/* In a child: what goes wrong is its exit status. */
#define DEMAND(what)                                                                                                   \
	do {                                                                                                           \
		if (!(what))                                                                                           \
			_exit(__LINE__ % 250 + 1);                                                                     \
	} while (0)

static void child_drops(const struct config *conf)
{
	static const char *const none[] = { "CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:" };
	char why[PRIVILEGE_WHY_MAX];

	DEMAND(privilege_drop(conf, NULL, &log_here, why) == 0);
	for (unsigned i = 0; i < sizeof(none) / sizeof(*none); i++)
		DEMAND(status_of(none[i]) == 0);
	DEMAND(status_of("NoNewPrivs:") == 1);
	DEMAND(getuid() == SOMEBODY && geteuid() == SOMEBODY && getgid() == SOMEBODY && getegid() == SOMEBODY);
	DEMAND(getgroups(0, NULL) == 0);
	DEMAND(setuid(0) && seteuid(0) && setgid(0));
	DEMAND(open("/etc/shadow", O_RDONLY | O_CLOEXEC) < 0);
	DEMAND(strstr(log_text, "privileges: user 64110, no capabilities"));
	_exit(0);
}

static int ended(void (*child)(const struct config *), const struct config *conf)
{
	const pid_t pid = fork();
	int status;

	if (pid == 0)
		child(conf);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void drop(void **state)
{
	const struct config conf = { .user = "64110" };

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(ended(child_drops, &conf), 0);
}

static void child_who_is_nobody(const struct config *conf)
{
	char why[PRIVILEGE_WHY_MAX];

	DEMAND(privilege_drop(conf, NULL, &log_here, why) == -1);
	DEMAND(strcmp(why, "node.user: there is no user \"nobody-of-that-name\" on this host") == 0);
	DEMAND(geteuid() == 0);
	_exit(0);
}

static void no_such_user(void **state)
{
	const struct config conf = { .user = "nobody-of-that-name" };

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(ended(child_who_is_nobody, &conf), 0);
}

/* ----- files ----- */

static void make(const char *name)
{
	char path[128];
	int fd;

	path_in(path, name);
	fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
}

static uid_t owner(const char *name)
{
	char path[128];
	struct stat st;

	path_in(path, name);
	assert_int_equal(lstat(path, &st), 0);
	return st.st_uid;
}

static void child_only_drops(const struct config *conf)
{
	char why[PRIVILEGE_WHY_MAX];

	DEMAND(privilege_drop(conf, NULL, &log_here, why) == 0);
	_exit(0);
}

/* What the store has becomes the user's; what a link of that name leads to does not. */
static void files_of_the_store(void **state)
{
	char store[128], wal[128], journal[128], other[128], third[128];
	const struct config conf = { .user = "64110", .store.local = store };

	(void)state;
	if (geteuid() != 0)
		skip();
	path_in(store, "state.db");
	path_in(wal, "state.db-wal");
	path_in(journal, "state.db-journal");
	path_in(other, "other");
	path_in(third, "third");
	make("state.db");
	make("other");
	make("third");
	assert_int_equal(symlink(other, wal), 0);
	assert_int_equal(link(third, journal), 0);
	assert_int_equal(ended(child_only_drops, &conf), 0);
	assert_int_equal(owner("state.db"), SOMEBODY);
	assert_int_equal(owner("other"), 0);
	assert_int_equal(owner("third"), 0);
}

static void child_misses(const struct config *conf)
{
	char why[PRIVILEGE_WHY_MAX];

	DEMAND(privilege_drop(conf, NULL, &log_here, why) == 0);
	DEMAND(strstr(log_text,
		      "/state.db.d/key.pem (Permission denied): what changes in it is seen at the next start"));
	DEMAND(strstr(log_text, "/secret (Permission denied)"));
	DEMAND(!strstr(log_text, "cred:"));
	DEMAND(!strstr(log_text, "open.pem"));
	DEMAND(strstr(log_text, "store.local needs a folder of its own"));
	_exit(0);
}

static void what_it_will_miss(void **state)
{
	char key[128], cert[128], secret[136], store[128];
	struct conf_trunk trunk = { .auth.password = secret };
	struct config conf = { .user = "64110", .store.local = store, .nrealm = 1, .trunks = &trunk, .ntrunk = 1 };

	(void)state;
	if (geteuid() != 0)
		skip();
	path_in(store, "state.db.d");
	assert_int_equal(mkdir(store, 0755), 0);
	make("state.db.d/key.pem");
	make("open.pem");
	make("secret");
	path_in(key, "state.db.d/key.pem");
	path_in(cert, "open.pem");
	assert_int_equal(chmod(cert, 0644), 0);
	path_in(store, "state.db.d/state.db");
	snprintf(secret, sizeof(secret), "file:%s/secret", folder);
	conf.realms[0].tls.cert = cert;
	conf.realms[0].tls.key = key;
	conf.realms[0].tls.ca = "cred:authorities";
	assert_int_equal(ended(child_misses, &conf), 0);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) && chmod(folder, 0755) == 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
	static const char *const all[] = { "state.db", "state.db-wal", "state.db-journal", "other",
					   "third",    "open.pem",     "secret",           "state.db.d/key.pem" };
	char path[128];

	(void)state;
	for (unsigned i = 0; i < sizeof(all) / sizeof(*all); i++) {
		path_in(path, all[i]);
		unlink(path);
	}
	path_in(path, "state.db.d");
	rmdir(path);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drop),
		cmocka_unit_test(no_such_user),
		cmocka_unit_test(files_of_the_store),
		cmocka_unit_test(what_it_will_miss),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

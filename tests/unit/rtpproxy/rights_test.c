/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rtpproxy/confine.h"
#include "rtpproxy/rights.h"

enum { SBC = 64111, RELAY = 64112 }; /* whom no host knows */

static char folder[] = "/tmp/rights-test-XXXXXX";

static void on_log(void *ctx, int level, const char *line)
{
	(void)ctx, (void)level, (void)line;
}

/* The value of a line in a thread's status, as a hexadecimal number. */
static uint64_t status_of(const char *name)
{
	FILE *f = fopen("/proc/thread-self/status", "re");
	char line[256];
	uint64_t v = UINT64_MAX;

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, name, strlen(name)) == 0)
			v = strtoull(line + strlen(name) + 1, NULL, 16);
	if (f)
		fclose(f);
	return v;
}

/* In a child: what goes wrong is its exit status. */
#define DEMAND(what)                                                                                                   \
	do {                                                                                                           \
		if (!(what))                                                                                           \
			_exit(__LINE__ % 250 + 1);                                                                     \
	} while (0)

static int ended(void (*child)(const struct config *), const struct config *c)
{
	const pid_t pid = fork();
	int status;

	if (pid == 0)
		child(c);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* ----- who it is afterwards ----- */

static pthread_barrier_t dropped; /* between two threads of one child */

static void *worker(void *arg)
{
	(void)arg;
	pthread_barrier_wait(&dropped);
	DEMAND(geteuid() == RELAY);
	DEMAND(status_of("CapPrm:") == 0 && status_of("CapEff:") == 0);
	return NULL;
}

static void child_drops(const struct config *c)
{
	char why[256];
	pthread_t t;

	pthread_barrier_init(&dropped, NULL, 2);
	DEMAND(pthread_create(&t, NULL, worker, NULL) == 0);
	DEMAND(rights_suffice());
	DEMAND(rights_drop(c, NULL, on_log, NULL, why, sizeof(why)) == 0);
	DEMAND(!rights_suffice()); /* CAP_NET_RAW is gone */
	DEMAND(geteuid() == RELAY && getegid() == RELAY && getgroups(0, NULL) == 0);
	DEMAND(status_of("CapPrm:") == 1u << CAP_NET_ADMIN && status_of("CapEff:") == 1u << CAP_NET_ADMIN);
	DEMAND(status_of("CapBnd:") == 0 && status_of("CapInh:") == 0 && status_of("CapAmb:") == 0);
	DEMAND(status_of("NoNewPrivs:") == 1);
	pthread_barrier_wait(&dropped);
	pthread_join(t, NULL);
	DEMAND(setuid(0) != 0);
	_exit(0);
}

static void drop(void **state)
{
	const struct config c = { .relay.user = "64112" };

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(ended(child_drops, &c), 0);
}

static void child_who_is_nobody(const struct config *c)
{
	char why[256];

	DEMAND(rights_drop(c, "nobody-of-that-name", on_log, NULL, why, sizeof(why)) == -1);
	DEMAND(strcmp(why, "relay.user: there is no user \"nobody-of-that-name\" on this host") == 0);
	_exit(0);
}

static void no_such_user(void **state)
{
	const struct config c = { .relay.user = "64112" };

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(ended(child_who_is_nobody, &c), 0);
}

/* ----- what others may ----- */

/* The group of sbc may command; captures are written where nobody else looks; a link in the place of a socket leads
 * nowhere. */
static void share(void **state)
{
	char ng[160], name[128], link[160], other[128], captures[128], deep[144];
	struct config c = {
		.user = "64111",
		.relay = { .user = "64112", .ng = { ng, "udp:127.0.0.1:1", link }, .nng = 3, .capture_dir = deep }
	};
	struct stat st;

	(void)state;
	if (geteuid() != 0)
		skip();
	snprintf(name, sizeof(name), "%s/ng.sock", folder);
	snprintf(other, sizeof(other), "%s/other", folder);
	snprintf(ng, sizeof(ng), "unix:%s", name);
	snprintf(captures, sizeof(captures), "%s/a", folder);
	snprintf(deep, sizeof(deep), "%s/b", captures);
	snprintf(link, sizeof(link), "unix-stream:%s/link", folder);
	close(open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	close(open(other, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	assert_int_equal(symlink(other, link + strlen("unix-stream:")), 0);
	rights_share(&c, NULL);
	assert_int_equal(stat(name, &st), 0);
	assert_int_equal(st.st_gid, SBC);
	assert_int_equal(st.st_uid, 0);
	assert_int_equal(stat(other, &st), 0);
	assert_int_equal(st.st_gid, 0);
	assert_int_equal(stat(deep, &st), 0);
	assert_int_equal(st.st_uid, RELAY);
	assert_int_equal(st.st_mode & 07777, 0700);
	rmdir(deep);
	rmdir(captures);
	unlink(link + strlen("unix-stream:"));
	unlink(name);
	unlink(other);
}

/* ----- what it may ask of the kernel ----- */

static int result(long rc)
{
	return rc < 0 ? errno : 0;
}

static int open_netlink(void)
{
	return result(socket(AF_NETLINK, SOCK_RAW, 0));
}

static int open_packet(void)
{
	return result(socket(AF_PACKET, SOCK_RAW, 0));
}

static int ask_bpf(void)
{
	return result(syscall(SYS_bpf, 0, NULL, 0)) == ENOSYS ? ENOSYS : 0; /* what it says is the kernel's affair */
}

static int name_thread(void)
{
	return result(prctl(PR_SET_NAME, "worker"));
}

static int show_memory(void)
{
	return result(prctl(PR_SET_DUMPABLE, 1));
}

static int run_program(void)
{
	char *const argv[] = { "true", NULL };

	return result(execv("/bin/true", argv));
}

static int write_capture(void)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/capture", folder);
	fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	return result(fd < 0 || write(fd, "x", 1) != 1 || unlink(path) ? -1 : 0);
}

static const struct {
	const char *what;
	int (*try)(void);
	int result;
} cases[] = {
	{ "routes and neighbours", open_netlink, 0 }, { "another packet socket", open_packet, ENOSYS },
	{ "maps of BPF programs", ask_bpf, 0 },       { "captures", write_capture, 0 },
	{ "a thread's name", name_thread, 0 },        { "core files", show_memory, ENOSYS },
	{ "another program", run_program, -SIGSYS },
};

static void child_tries(const struct config *c)
{
	char why[SYSCALLS_WHY_MAX];

	DEMAND(rights_drop(c, NULL, on_log, NULL, why, sizeof(why)) == 0 && confine_enter(CONF_SANDBOX_ON, why) == 0);
	_exit(cases[c->relay.sessions].try());
}

static void confine(void **state)
{
	struct config c = { .relay.user = "0" };

	(void)state;
	if (SYSCALLS_IS_CHECKED)
		skip();
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int got;

		c.relay.sessions = i;
		got = ended(child_tries, &c);
		if (got != cases[i].result)
			fail_msg("%s: %d, wanted %d", cases[i].what, got, cases[i].result);
	}
}

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drop),
		cmocka_unit_test(no_such_user),
		cmocka_unit_test(share),
		cmocka_unit_test(confine),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

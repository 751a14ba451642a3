/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sbc/sandbox.h"

/* ----- what may be tried: 0 where the kernel did it, else errno ----- */

static int result(long rc)
{
	return rc < 0 ? errno : 0;
}

static int look_at_clock(void)
{
	struct timespec ts;

	return result(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &ts));
}

static int random_bytes(void)
{
	char c;

	return result(getrandom(&c, 1, 0));
}

static int open_udp(void)
{
	return result(socket(AF_INET6, SOCK_DGRAM, 0));
}

static int open_unix(void)
{
	return result(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int open_netlink(void)
{
	return result(socket(AF_NETLINK, SOCK_RAW, 0));
}

static int open_packet(void)
{
	return result(socket(AF_PACKET, SOCK_RAW, 0));
}

static int write_file(void)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/tmp/sandbox-test-%d", (int)getpid());
	fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	return result(fd < 0 || ftruncate(fd, 10) || fsync(fd) || unlink(path) ? -1 : 0);
}

static int take_memory(void)
{
	return result(
		mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0);
}

static int run_memory(void)
{
	return result(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1
														: 0);
}

static int write_and_run_memory(void)
{
	return result(mmap(NULL, 4096, PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1
														 : 0);
}

static int run_program(void)
{
	char *const argv[] = { "true", NULL };

	return result(execv("/bin/true", argv));
}

static void *in_thread(void *arg)
{
	int (**what)(void) = arg;

	return (void *)(intptr_t)(*what)();
}

static int begin_thread(void)
{
	int (*nothing)(void) = look_at_clock;
	pthread_t t;
	void *rc;

	if (pthread_create(&t, NULL, in_thread, &nothing) || pthread_join(t, &rc))
		return EAGAIN;
	return (int)(intptr_t)rc;
}

static int begin_process(void)
{
	return result(syscall(SYS_fork));
}

static int begin_process_by_clone(void)
{
	return result(syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL));
}

static int look_into_others(void)
{
	return result(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
}

static int become_root(void)
{
	return result(syscall(SYS_setuid, 0));
}

static int leave_namespace(void)
{
	return result(unshare(CLONE_NEWUSER));
}

static int load_bpf(void)
{
	return result(syscall(SYS_bpf, 0, NULL, 0));
}

static int use_ring(void)
{
	return result(syscall(SYS_io_uring_setup, 1, NULL));
}

static int change_mode(void)
{
	return result(chmod("/tmp", 0777));
}

static int ask_what_nobody_knows(void)
{
	return result(syscall(100000));
}

enum { KILLED = -1 };

static const struct {
	const char *what;
	int (*try)(void);
	int result; /* with the sandbox on */
} cases[] = {
	{ "the clock", look_at_clock, 0 },
	{ "random numbers", random_bytes, 0 },
	{ "UDP", open_udp, 0 },
	{ "unix sockets", open_unix, 0 },
	{ "netlink", open_netlink, ENOSYS },
	{ "packets past the kernel", open_packet, ENOSYS },
	{ "files", write_file, 0 },
	{ "memory", take_memory, 0 },
	{ "memory that is run", run_memory, ENOSYS },
	{ "memory that is written and run", write_and_run_memory, KILLED },
	{ "another program", run_program, KILLED },
	{ "a thread", begin_thread, 0 },
	{ "fork", begin_process, KILLED },
	{ "clone", begin_process_by_clone, KILLED },
	{ "ptrace", look_into_others, KILLED },
	{ "setuid", become_root, KILLED },
	{ "namespaces", leave_namespace, KILLED },
	{ "BPF", load_bpf, KILLED },
	{ "io_uring", use_ring, KILLED },
	{ "modes of files", change_mode, KILLED },
	{ "what no kernel knows", ask_what_nobody_knows, ENOSYS },
};

enum { BROKEN = 255 };

/* How a process that entered and tried it ended: KILLED, or what came of it. */
static int ended(int (*try)(void))
{
	const pid_t pid = fork();
	char why[SYSCALLS_WHY_MAX];
	int status;

	if (pid == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || sandbox_enter(CONF_SANDBOX_ON, why))
			_exit(BROKEN);
		_exit(try());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status)) {
		assert_int_equal(WTERMSIG(status), SIGSYS);
		return KILLED;
	}
	assert_int_not_equal(WEXITSTATUS(status), BROKEN);
	return WEXITSTATUS(status);
}

static void on(void **state)
{
	(void)state;
	if (SYSCALLS_IS_CHECKED)
		skip();
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const int got = ended(cases[i].try);

		if (got != cases[i].result)
			fail_msg("%s: %d, wanted %d", cases[i].what, got, cases[i].result);
	}
}

/* The thread was there before. */
static int thread_of_before(void)
{
	return run_program();
}

static pthread_barrier_t entered; /* between two threads of one child */

static void *wait_and_try(void *arg)
{
	(void)arg;
	pthread_barrier_wait(&entered);
	return (void *)(intptr_t)thread_of_before();
}

static void all_threads(void **state)
{
	char why[SYSCALLS_WHY_MAX];
	pthread_t t;
	pid_t pid;
	int status;

	(void)state;
	if (SYSCALLS_IS_CHECKED)
		skip();
	pid = fork();
	if (pid == 0) {
		pthread_barrier_init(&entered, NULL, 2);
		if (pthread_create(&t, NULL, wait_and_try, NULL) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
		    sandbox_enter(CONF_SANDBOX_ON, why))
			_exit(BROKEN);
		pthread_barrier_wait(&entered);
		pthread_join(t, NULL);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on),
		cmocka_unit_test(all_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

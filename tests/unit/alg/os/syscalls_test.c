/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alg/os/syscalls.h"

/* Enough for a child to end, and one call of each kind. modify_ldt is of some processors only. */
static const char *const allowed[] = { "getpid getppid modify_ldt",
				       "futex rt_sigprocmask madvise munmap exit exit_group" };
static const char *const deadly[] = { "getuid geteuid", "getgid" };
static const struct syscalls_rule rules[] = {
	{ "socket socketpair", .value = AF_UNIX },
	{ "mmap", .argument = 2, .mask = PROT_EXEC, .value = 0 },
	{ "mmap", .deadly = true, .argument = 2, .mask = PROT_EXEC | PROT_WRITE, .value = PROT_EXEC | PROT_WRITE },
};

static const struct syscalls calls = {
	.allowed = allowed,
	.nallowed = sizeof(allowed) / sizeof(*allowed),
	.deadly = deadly,
	.ndeadly = sizeof(deadly) / sizeof(*deadly),
	.rules = rules,
	.nrule = sizeof(rules) / sizeof(*rules),
	.threads = true,
};

/* ----- what may be tried: 0 where the kernel did it, else errno ----- */

static int result(long rc)
{
	return rc < 0 ? errno : 0;
}

static int first_of_line(void)
{
	return result(syscall(SYS_getpid));
}

static int second_of_line(void)
{
	return result(syscall(SYS_getppid));
}

static int second_line(void)
{
	return result(syscall(SYS_futex, NULL, 1 /* FUTEX_WAKE */, 0)) == ENOSYS ? ENOSYS : 0;
}

static int not_listed(void)
{
	return result(syscall(SYS_getsid, 0));
}

static int unknown(void)
{
	return result(syscall(100000));
}

static int first_deadly(void)
{
	return result(syscall(SYS_getuid));
}

static int last_deadly(void)
{
	return result(syscall(SYS_getgid));
}

static int value_listed(void)
{
	return result(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int value_not_listed(void)
{
	return result(socket(AF_INET, SOCK_DGRAM, 0));
}

static int second_name_of_rule(void)
{
	int fds[2];

	return result(socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
}

static int map(int what)
{
	return result(mmap(NULL, 4096, what, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0);
}

static int bits_listed(void)
{
	return map(PROT_READ | PROT_WRITE);
}

static int bits_not_listed(void)
{
	return map(PROT_READ | PROT_EXEC);
}

static int bits_deadly(void)
{
	return map(PROT_READ | PROT_WRITE | PROT_EXEC);
}

enum { KILLED = -1, BROKEN = 255 };

static const struct {
	const char *what;
	int (*try)(void);
	int result; /* with the list on */
} cases[] = {
	{ "the first name of a line", first_of_line, 0 },
	{ "its second", second_of_line, 0 },
	{ "the second line", second_line, 0 },
	{ "what is not listed", not_listed, ENOSYS },
	{ "what no kernel knows", unknown, ENOSYS },
	{ "the first that is deadly", first_deadly, KILLED },
	{ "the last that is deadly", last_deadly, KILLED },
	{ "an argument's value", value_listed, 0 },
	{ "another value", value_not_listed, ENOSYS },
	{ "a rule's second name", second_name_of_rule, 0 },
	{ "bits of an argument", bits_listed, 0 },
	{ "other bits", bits_not_listed, ENOSYS },
	{ "deadly bits", bits_deadly, KILLED },
};

/* ----- in processes of their own, for there is no way back ----- */

/* KILLED, or the exit status. */
static int end_of(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status)) {
		assert_int_equal(WTERMSIG(status), SIGSYS);
		return KILLED;
	}
	assert_int_not_equal(WEXITSTATUS(status), BROKEN);
	return WEXITSTATUS(status);
}

static void enter(const struct syscalls *s, enum conf_sandbox mode)
{
	char why[SYSCALLS_WHY_MAX];

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscalls_confine(s, mode, why))
		_exit(BROKEN);
}

static int ended(int (*try)(void), enum conf_sandbox mode)
{
	const pid_t pid = fork();

	if (pid == 0) {
		enter(&calls, mode);
		_exit(try());
	}
	return end_of(pid);
}

static void on(void **state)
{
	(void)state;
	if (SYSCALLS_IS_CHECKED)
		skip();
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const int got = ended(cases[i].try, CONF_SANDBOX_ON);

		if (got != cases[i].result)
			fail_msg("%s: %d, wanted %d", cases[i].what, got, cases[i].result);
	}
}

static void log_and_off_let_through(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const int want = cases[i].try == unknown ? ENOSYS : 0;

		assert_int_equal(ended(cases[i].try, CONF_SANDBOX_LOG), want);
		assert_int_equal(ended(cases[i].try, CONF_SANDBOX_OFF), want);
	}
}

static pthread_barrier_t entered; /* between two threads of one child */

static void *wait_and_try(void *arg)
{
	(void)arg;
	pthread_barrier_wait(&entered); /* what a thread asks of the kernel to begin with is behind it */
	pthread_barrier_wait(&entered);
	return (void *)(intptr_t)last_deadly();
}

/* How a process ends whose other thread, which was there before, does what is deadly. */
static int ended_by_thread(bool threads)
{
	struct syscalls s = calls;
	const pid_t pid = fork();
	pthread_t t;
	void *rc;

	if (pid == 0) {
		s.threads = threads;
		pthread_barrier_init(&entered, NULL, 2);
		if (pthread_create(&t, NULL, wait_and_try, NULL))
			_exit(BROKEN);
		pthread_barrier_wait(&entered);
		enter(&s, CONF_SANDBOX_ON);
		pthread_barrier_wait(&entered);
		_exit(pthread_join(t, &rc) ? BROKEN : (int)(intptr_t)rc);
	}
	return end_of(pid);
}

static void threads_of_before(void **state)
{
	(void)state;
	if (SYSCALLS_IS_CHECKED)
		skip();
	assert_int_equal(ended_by_thread(true), KILLED);
	assert_int_equal(ended_by_thread(false), 0);
}

/* A name with a mistake in it is found, wherever it stands. */
static void no_such_call(void **state)
{
	static const char *const wrong[] = { "getpid", "getpid no_such_call" };
	static const struct syscalls_rule wrong_rule[] = { { "no_such_call", .value = 1 } };
	const struct syscalls lists[] = {
		{ .allowed = wrong, .nallowed = 2 },
		{ .deadly = wrong, .ndeadly = 2 },
		{ .rules = wrong_rule, .nrule = 1 },
	};

	(void)state;
	if (SYSCALLS_IS_CHECKED)
		skip();
	for (unsigned i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		char why[SYSCALLS_WHY_MAX] = "";

		assert_int_equal(syscalls_confine(&lists[i], CONF_SANDBOX_ON, why), -1);
		assert_string_equal(why, "the kernel takes no list of system calls (Invalid argument): node.sandbox "
					 "\"off\" does without");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on),
		cmocka_unit_test(log_and_off_let_through),
		cmocka_unit_test(threads_of_before),
		cmocka_unit_test(no_such_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

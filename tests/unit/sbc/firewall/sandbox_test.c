/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewall/sandbox.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static long own_number(void)
{
	return syscall(SYS_getpid);
}

static long netlink(void)
{
	return socket(AF_NETLINK, SOCK_RAW, 12 /* netfilter */);
}

static long packets(void)
{
	return socket(AF_PACKET, SOCK_RAW, 0);
}

static long other_program(void)
{
	return execl("/bin/true", "true", NULL);
}

static long second_process(void)
{
	return syscall(SYS_fork);
}

static long code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}

static long file_made(void)
{
	return syscall(SYS_mkdir, "/tmp", 0700);
}

/* In a process of its own. 0: the kernel did it; else errno; below 0: it ended by that signal. */
static int tried(long (*what)(void))
{
	char why[SYSCALLS_WHY_MAX];
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || sandbox_enter(CONF_SANDBOX_ON, why))
			_exit(255);
		_exit(what() < 0 ? errno : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void what_it_needs_is_all_that_it_may(void **state)
{
	static const struct {
		const char *name;
		long (*what)(void);
		int result;
	} cases[] = {
		{ "its number", own_number, 0 },
		{ "netlink", netlink, 0 },
		{ "packets past the kernel", packets, ENOSYS },
		{ "a folder", file_made, ENOSYS },
		{ "memory that can be run", code, ENOSYS },
		{ "another program", other_program, -SIGSYS },
		{ "a second process", second_process, -SIGSYS },
	};

	(void)state;
	if (SYSCALLS_IS_CHECKED)
		skip();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int result = tried(cases[i].what);

		if (result != cases[i].result)
			fail_msg("%s: %d instead of %d", cases[i].name, result, cases[i].result);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_needs_is_all_that_it_may),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

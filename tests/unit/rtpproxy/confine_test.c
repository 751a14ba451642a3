/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/confine.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "rtpproxy/dtls/endpoint.h"

/* ----- what may be tried: 0 where the kernel did it, else errno ----- */

static int result(long rc)
{
	return rc < 0 ? errno : 0;
}

static int wait_for_events(void)
{
	struct epoll_event e = { .events = EPOLLIN };
	const int epoll = epoll_create1(EPOLL_CLOEXEC), timer = timerfd_create(CLOCK_MONOTONIC, 0);

	return result(epoll < 0 || timer < 0 || eventfd(0, 0) < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &e) ||
				      epoll_wait(epoll, &e, 1, 0)
			      ? -1
			      : 0);
}

static int open_udp(void)
{
	return result(socket(AF_INET6, SOCK_DGRAM, 0));
}

static int open_unix(void)
{
	return result(socket(AF_UNIX, SOCK_DGRAM, 0));
}

static int open_netlink(void)
{
	return result(socket(AF_NETLINK, SOCK_RAW, 0));
}

static int open_packet(void)
{
	return result(socket(AF_PACKET, SOCK_RAW, 0));
}

static int open_xdp(void)
{
	return result(socket(AF_XDP, SOCK_RAW, 0));
}

/* A capture: its folder is made, it is written, and may be removed. */
static int write_capture(void)
{
	char folder[64], path[80];
	int fd;

	snprintf(folder, sizeof(folder), "/tmp/confine-test-%d", (int)getpid());
	snprintf(path, sizeof(path), "%s/c.pcapng", folder);
	if (mkdir(folder, 0700))
		return errno;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	return result(fd < 0 || write(fd, "x", 1) != 1 || close(fd) || unlink(path) || rmdir(folder) ? -1 : 0);
}

static int take(int protection)
{
	return result(mmap(NULL, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0);
}

static int take_memory(void)
{
	return take(PROT_READ | PROT_WRITE);
}

static int run_memory(void)
{
	return take(PROT_READ | PROT_EXEC);
}

static int write_and_run_memory(void)
{
	return take(PROT_WRITE | PROT_EXEC);
}

/* What was written becomes code. */
static int make_it_run(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return result(page == MAP_FAILED || mprotect(page, 4096, PROT_READ | PROT_EXEC) ? -1 : 0);
}

static int ask_bpf(void)
{
	/* EFAULT or EPERM are the kernel's own words: it was asked. */
	return syscall(SYS_bpf, 0, NULL, 0) < 0 && errno == ENOSYS ? ENOSYS : 0;
}

static int name_itself(void)
{
	return result(prctl(PR_SET_NAME, "confined"));
}

static int become_traceable(void)
{
	return result(prctl(PR_SET_DUMPABLE, 1));
}

/* A certificate of its own, and keys from a handshake with itself. */
static int shake_hands(void)
{
	struct identity *who = identity_new(1800000000);
	const struct sdp_fingerprints shown = { .n = 1, .at = { who->fingerprint } };
	struct endpoint *a = endpoint_client(who, &shown), *b = endpoint_server(who, &shown);
	uint8_t bytes[ENDPOINT_DATAGRAM_MAX];
	size_t n, sum;

	do {
		sum = 0;
		for (; (n = endpoint_give(a, bytes)) > 0; sum += n)
			endpoint_take(b, bytes, n);
		for (; (n = endpoint_give(b, bytes)) > 0; sum += n)
			endpoint_take(a, bytes, n);
	} while (sum);
	return endpoint_state(a) == ENDPOINT_DONE && endpoint_state(b) == ENDPOINT_DONE ? 0 : EPROTO;
}

static void *nothing(void *arg)
{
	return arg;
}

static int begin_thread(void)
{
	pthread_t t;

	return pthread_create(&t, NULL, nothing, NULL) || pthread_join(t, NULL) ? EAGAIN : 0;
}

static int run_program(void)
{
	char *const argv[] = { "true", NULL };

	return result(execv("/bin/true", argv));
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

static int use_ring(void)
{
	return result(syscall(SYS_io_uring_setup, 1, NULL));
}

static int change_mode(void)
{
	return result(chmod("/tmp", 0777));
}

static int set_clock(void)
{
	return result(clock_settime(CLOCK_REALTIME, &(struct timespec){ 0 }));
}

static int ask_what_nobody_knows(void)
{
	return result(syscall(100000));
}

enum { KILLED = -1, BROKEN = 255 };

static const struct {
	const char *what;
	int (*try)(void);
	int result; /* once it is confined */
} cases[] = {
	{ "waiting", wait_for_events, 0 },
	{ "a DTLS handshake", shake_hands, 0 },
	{ "UDP", open_udp, 0 },
	{ "unix sockets", open_unix, 0 },
	{ "netlink", open_netlink, 0 },
	{ "packets past the kernel", open_packet, ENOSYS },
	{ "AF_XDP: those that it has are open", open_xdp, ENOSYS },
	{ "captures", write_capture, 0 },
	{ "memory", take_memory, 0 },
	{ "memory that is run", run_memory, ENOSYS },
	{ "memory that is run later", make_it_run, ENOSYS },
	{ "memory that is written and run", write_and_run_memory, KILLED },
	{ "BPF maps", ask_bpf, 0 },
	{ "a name", name_itself, 0 },
	{ "more about itself", become_traceable, ENOSYS },
	{ "a thread", begin_thread, 0 },
	{ "another program", run_program, KILLED },
	{ "fork", begin_process, KILLED },
	{ "clone", begin_process_by_clone, KILLED },
	{ "ptrace", look_into_others, KILLED },
	{ "setuid", become_root, KILLED },
	{ "namespaces", leave_namespace, KILLED },
	{ "io_uring", use_ring, KILLED },
	{ "modes of files", change_mode, KILLED },
	{ "the clock of the host", set_clock, KILLED },
	{ "what no kernel knows", ask_what_nobody_knows, ENOSYS },
};

/* How a process that was confined and tried it ended: KILLED, or what came of it. */
static int ended(enum conf_sandbox mode, int (*try)(void))
{
	const pid_t pid = fork();
	char why[SYSCALLS_WHY_MAX];
	int status;

	if (pid == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || confine_enter(mode, why))
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

static void what_is_left_to_it(void **state)
{
	(void)state;
	if (SYSCALLS_IS_CHECKED)
		skip();
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const int got = ended(CONF_SANDBOX_ON, cases[i].try);

		if (got != cases[i].result)
			fail_msg("%s: %d, wanted %d", cases[i].what, got, cases[i].result);
	}
}

/* An operator who looks for what is missing from the list gets a log, and a relay that goes on. */
static void logging_forbids_nothing(void **state)
{
	(void)state;
	if (SYSCALLS_IS_CHECKED)
		skip();
	assert_int_equal(ended(CONF_SANDBOX_LOG, run_program), 0);
	assert_int_equal(ended(CONF_SANDBOX_LOG, run_memory), 0);
	assert_int_equal(ended(CONF_SANDBOX_OFF, begin_process), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_left_to_it),
		cmocka_unit_test(logging_forbids_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/confine.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

/* Names, by purpose. Of files: captures, the switches of lo. */
static const char *const allowed[] = {
	/* waiting, time */
	"epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 poll ppoll select pselect6 eventfd2 pipe2",
	"nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time restart_syscall",
	"timerfd_create timerfd_settime timerfd_gettime signalfd4",
	/* sockets; which kinds: below */
	"bind connect listen accept accept4 shutdown getsockname getpeername getsockopt setsockopt",
	"sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg",
	/* files */
	"read readv pread64 write writev pwrite64 open openat close lseek stat lstat fstat newfstatat statx access",
	"faccessat faccessat2 readlink readlinkat getcwd getdents64 mkdir rmdir unlink unlinkat ftruncate fallocate",
	"fsync fdatasync fcntl flock dup umask ioctl fstatfs statfs",
	/* memory, that of DPDK too; what may be run: below */
	"brk munmap mremap madvise membarrier mlock munlock mbind get_mempolicy set_mempolicy memfd_create msync",
	/* what the programs on the interfaces are told; new ones need rights that are gone */
	"bpf",
	/* threads, signals, itself */
	"futex rseq set_robust_list sched_yield sched_getaffinity sched_setaffinity getcpu rt_sigaction",
	"rt_sigprocmask rt_sigreturn rt_sigtimedwait sigaltstack tgkill gettid getpid getppid getuid geteuid getgid",
	"getegid getrandom getrusage prlimit64 getrlimit uname sysinfo exit exit_group",
};

static const char *const deadly[] = {
	/* other programs */
	"execve execveat fork vfork ptrace process_vm_readv process_vm_writev pidfd_getfd kcmp",
	/* other rights */
	"setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid setfsgid capset personality",
	"chmod fchmod fchmodat mknod mknodat open_by_handle_at add_key request_key keyctl",
	/* other views of the host */
	"unshare setns chroot pivot_root mount umount2 move_mount open_tree fsopen quotactl acct swapon swapoff",
	/* the kernel itself */
	"init_module finit_module delete_module kexec_load kexec_file_load perf_event_open userfaultfd",
	"io_uring_setup io_uring_enter io_uring_register iopl ioperm modify_ldt reboot syslog",
	/* what others rely on */
	"settimeofday clock_settime adjtimex clock_adjtime sethostname setdomainname",
};

/* Families of sockets: those that take packets past the kernel are open by now. */
static const int families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK };

static int rule_named(scmp_filter_ctx f, uint32_t action, const char *name, size_t n)
{
	char text[32];
	int call;

	snprintf(text, sizeof(text), "%.*s", (int)n, name);
	call = seccomp_syscall_resolve_name(text);
	if (call == __NR_SCMP_ERROR)
		return -EINVAL;
	return call < 0 ? 0 : seccomp_rule_add(f, action, call, 0); /* below 0: not of this processor */
}

static int rule_each(scmp_filter_ctx f, uint32_t action, const char *const *lines, size_t n)
{
	int rc = 0;

	for (size_t i = 0; i < n; i++)
		for (const char *p = lines[i]; *p && rc == 0; p += strspn(p, " ")) {
			const size_t len = strcspn(p, " ");

			rc = rule_named(f, action, p, len);
			p += len;
		}
	return rc;
}

/* The answer to what is not allowed is another for these than for the rest, but where all is only logged. */
static int rule_arguments(scmp_filter_ctx f, bool kill)
{
	static const int memory[] = { SCMP_SYS(mmap), SCMP_SYS(mprotect) };
	static const int of_threads[] = { PR_SET_NAME, PR_SET_TIMERSLACK };
	int rc = 0;

	for (unsigned i = 0; i < sizeof(families) / sizeof(*families) && rc == 0; i++) {
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
				      SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i]));
		if (rc == 0)
			rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(socketpair), 1,
					      SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i]));
	}
	for (unsigned i = 0; i < sizeof(memory) / sizeof(*memory) && rc == 0; i++) {
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, memory[i], 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
		if (rc == 0 && kill)
			rc = seccomp_rule_add(
				f, SCMP_ACT_KILL_PROCESS, memory[i], 1,
				SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC | PROT_WRITE, PROT_EXEC | PROT_WRITE));
	}
	/* What a thread says of itself when it begins. */
	for (unsigned i = 0; i < sizeof(of_threads) / sizeof(*of_threads) && rc == 0; i++)
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1,
				      SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)of_threads[i]));
	/* Threads, not processes. clone3 hides what it is asked for behind a pointer: glibc does without it. */
	if (rc == 0)
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				      SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
	if (rc == 0 && kill)
		rc = seccomp_rule_add(f, SCMP_ACT_KILL_PROCESS, SCMP_SYS(clone), 1,
				      SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
	return rc;
}

static int filter_fill(scmp_filter_ctx f, bool kill)
{
	int rc = seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1);

	if (rc == 0)
		rc = seccomp_attr_set(f, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree: by number in a few steps */
	if (rc == 0)
		rc = seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH, kill ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_LOG);
	if (rc == 0)
		rc = rule_each(f, SCMP_ACT_ALLOW, allowed, sizeof(allowed) / sizeof(*allowed));
	if (rc == 0 && kill)
		rc = rule_each(f, SCMP_ACT_KILL_PROCESS, deadly, sizeof(deadly) / sizeof(*deadly));
	if (rc == 0)
		rc = rule_arguments(f, kill);
	return rc;
}

int confine_enter(enum conf_sandbox mode, char why[CONFINE_WHY_MAX])
{
	const bool kill = mode == CONF_SANDBOX_ON;
	scmp_filter_ctx f;
	int rc;

	if (mode == CONF_SANDBOX_OFF || CONFINE_IS_CHECKED)
		return 0;
	f = seccomp_init(kill ? SCMP_ACT_ERRNO(ENOSYS) : SCMP_ACT_LOG);
	rc = f ? filter_fill(f, kill) : -ENOMEM;
	if (rc == 0)
		rc = seccomp_load(f);
	seccomp_release(f);
	if (rc == 0)
		return 0;
	snprintf(why, CONFINE_WHY_MAX,
		 "the kernel takes no list of system calls (%s): node.sandbox \"off\" does without", strerror(-rc));
	return -1;
}

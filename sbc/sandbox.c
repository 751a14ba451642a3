/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/sandbox.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>

/* Names, by purpose. Of files: the store, certificates and passwords that are read again, /etc/resolv.conf. */
static const char *const allowed[] = {
	/* waiting, time */
	"epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 poll ppoll select pselect6 eventfd2 pipe2",
	"nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time restart_syscall",
	"timerfd_create timerfd_settime timerfd_gettime",
	/* sockets; which kinds: below */
	"bind connect listen accept accept4 shutdown getsockname getpeername getsockopt setsockopt",
	"sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg",
	/* files */
	"read readv pread64 write writev pwrite64 open openat close lseek stat lstat fstat newfstatat statx access",
	"faccessat faccessat2 readlink readlinkat getcwd getdents64 mkdir rename unlink ftruncate fallocate fsync",
	"fdatasync fcntl flock dup umask ioctl fstatfs statfs fadvise64",
	/* memory; what may be run: below */
	"brk munmap mremap madvise membarrier",
	/* threads, signals, itself */
	"futex rseq set_robust_list sched_yield sched_getaffinity getcpu rt_sigaction rt_sigprocmask rt_sigreturn",
	"sigaltstack tgkill gettid getpid getppid getuid geteuid getgid getegid getrandom getrusage prlimit64",
	"getrlimit uname sysinfo exit exit_group",
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
	"init_module finit_module delete_module kexec_load kexec_file_load bpf perf_event_open userfaultfd",
	"io_uring_setup io_uring_enter io_uring_register iopl ioperm modify_ldt reboot syslog",
	/* what others rely on */
	"settimeofday clock_settime adjtimex clock_adjtime sethostname setdomainname",
};

/* What hangs on its argument. Sockets: no packets past the kernel, no netlink. */
static const struct syscalls_rule rules[] = {
	{ "socket socketpair", .value = AF_UNIX },
	{ "socket socketpair", .value = AF_INET },
	{ "socket socketpair", .value = AF_INET6 },
	{ "mmap mprotect", .argument = 2, .mask = PROT_EXEC, .value = 0 },
	{ "mmap mprotect", .deadly = true, .argument = 2, .mask = PROT_EXEC | PROT_WRITE,
	  .value = PROT_EXEC | PROT_WRITE },
	/* Threads, not processes. clone3 hides what it is asked for behind a pointer: glibc does without it. */
	{ "clone", .argument = 0, .mask = CLONE_THREAD, .value = CLONE_THREAD },
	{ "clone", .deadly = true, .argument = 0, .mask = CLONE_THREAD, .value = 0 },
};

int sandbox_enter(enum conf_sandbox mode, char why[SYSCALLS_WHY_MAX])
{
	static const struct syscalls calls = {
		.allowed = allowed,
		.nallowed = sizeof(allowed) / sizeof(*allowed),
		.deadly = deadly,
		.ndeadly = sizeof(deadly) / sizeof(*deadly),
		.rules = rules,
		.nrule = sizeof(rules) / sizeof(*rules),
		.threads = true,
	};

	return syscalls_confine(&calls, mode, why);
}

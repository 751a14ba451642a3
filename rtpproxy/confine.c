/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/confine.h"

#include <sched.h>
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

/* What hangs on its argument. Sockets: those that take packets past the kernel are open by now. */
static const struct syscalls_rule rules[] = {
	{ "socket socketpair", .value = AF_UNIX },
	{ "socket socketpair", .value = AF_INET },
	{ "socket socketpair", .value = AF_INET6 },
	{ "socket socketpair", .value = AF_NETLINK },
	{ "mmap mprotect", .argument = 2, .mask = PROT_EXEC, .value = 0 },
	{ "mmap mprotect", .deadly = true, .argument = 2, .mask = PROT_EXEC | PROT_WRITE,
	  .value = PROT_EXEC | PROT_WRITE },
	/* What a thread says of itself when it begins. */
	{ "prctl", .value = PR_SET_NAME },
	{ "prctl", .value = PR_SET_TIMERSLACK },
	/* Threads, not processes. clone3 hides what it is asked for behind a pointer: glibc does without it. */
	{ "clone", .argument = 0, .mask = CLONE_THREAD, .value = CLONE_THREAD },
	{ "clone", .deadly = true, .argument = 0, .mask = CLONE_THREAD, .value = 0 },
};

int confine_enter(enum conf_sandbox mode, char why[SYSCALLS_WHY_MAX])
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

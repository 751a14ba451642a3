/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewall/sandbox.h"

#include <sys/mman.h>
#include <sys/socket.h>

/* Names, by purpose. Of files: names of protocols and marks that libnftables looks up; routes; its own socket. */
static const char *const allowed[] = {
	/* waiting, time */
	"poll ppoll select pselect6 signalfd4 clock_gettime gettimeofday restart_syscall",
	/* sockets; which kinds: below */
	"bind connect accept4 getsockname getsockopt setsockopt sendto sendmsg recvfrom recvmsg",
	/* files */
	"read readv pread64 write writev openat close lseek fstat stat newfstatat statx readlink readlinkat getdents64",
	"fcntl ioctl unlink",
	/* memory; what may be run: below */
	"brk munmap mremap madvise",
	/* itself */
	"futex rt_sigprocmask rt_sigaction rt_sigreturn getrandom getpid gettid getuid geteuid uname sysinfo tgkill",
	"exit exit_group",
};

static const char *const deadly[] = {
	"execve execveat fork vfork clone ptrace process_vm_readv process_vm_writev pidfd_getfd",
	"setuid setresuid setgid setresgid setgroups capset unshare setns chroot mount open_by_handle_at",
	"init_module finit_module delete_module kexec_load bpf perf_event_open userfaultfd io_uring_setup reboot",
};

/* What hangs on its argument. Sockets: no packets past the kernel. */
static const struct syscalls_rule rules[] = {
	{ "socket", .value = AF_UNIX },
	{ "socket", .value = AF_INET },
	{ "socket", .value = AF_INET6 },
	{ "socket", .value = AF_NETLINK },
	{ "mmap mprotect", .argument = 2, .mask = PROT_EXEC, .value = 0 },
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
	};

	return syscalls_confine(&calls, mode, why);
}

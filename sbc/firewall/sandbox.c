/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewall/sandbox.h"

#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

/* A sanitizer needs more than the program does. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { IS_CHECKED = 1 };
#else
enum { IS_CHECKED = 0 };
#endif

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

static int rules_add(scmp_filter_ctx f, uint32_t action, const char *names)
{
	int rc = 0;

	for (const char *p = names; *p && rc == 0; p += strspn(p, " ")) {
		size_t n = strcspn(p, " ");
		char name[32];
		int call;

		snprintf(name, sizeof(name), "%.*s", (int)n, p);
		p += n;
		call = seccomp_syscall_resolve_name(name);
		if (call == __NR_SCMP_ERROR)
			rc = -EINVAL;
		else if (call >= 0) /* below 0: not of this processor */
			rc = seccomp_rule_add(f, action, call, 0);
	}
	return rc;
}

static int all_add(scmp_filter_ctx f, uint32_t action, const char *const *lines, size_t n)
{
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = rules_add(f, action, lines[i]);
	return rc;
}

static int arguments_add(scmp_filter_ctx f)
{
	static const int families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK };
	static const int memory[] = { SCMP_SYS(mmap), SCMP_SYS(mprotect) };
	int rc = 0;

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]) && rc == 0; i++)
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
				      SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i]));
	for (size_t i = 0; i < sizeof(memory) / sizeof(memory[0]) && rc == 0; i++)
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, memory[i], 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	return rc;
}

int sandbox_enter(enum conf_sandbox mode)
{
	bool strict = mode == CONF_SANDBOX_ON;
	scmp_filter_ctx f;
	int rc;

	if (mode == CONF_SANDBOX_OFF || IS_CHECKED)
		return 0;
	f = seccomp_init(strict ? SCMP_ACT_ERRNO(ENOSYS) : SCMP_ACT_LOG);
	rc = f ? all_add(f, SCMP_ACT_ALLOW, allowed, sizeof(allowed) / sizeof(allowed[0])) : -ENOMEM;
	if (rc == 0 && strict)
		rc = all_add(f, SCMP_ACT_KILL_PROCESS, deadly, sizeof(deadly) / sizeof(deadly[0]));
	if (rc == 0)
		rc = arguments_add(f);
	if (rc == 0)
		rc = seccomp_load(f);
	seccomp_release(f);
	errno = -rc;
	return rc ? -1 : 0;
}

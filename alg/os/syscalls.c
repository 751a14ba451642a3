/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/os/syscalls.h"

#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>

/* One name, under conditions or none. */
static int name_add(scmp_filter_ctx f, uint32_t action, const char *name, size_t n, const struct scmp_arg_cmp *cmp)
{
	char text[32];
	int call;

	snprintf(text, sizeof(text), "%.*s", (int)n, name);
	call = seccomp_syscall_resolve_name(text);
	if (call == __NR_SCMP_ERROR)
		return -EINVAL;
	if (call < 0) /* not of this processor */
		return 0;
	return seccomp_rule_add_array(f, action, call, cmp ? 1 : 0, cmp);
}

static int line_add(scmp_filter_ctx f, uint32_t action, const char *names, const struct scmp_arg_cmp *cmp)
{
	int rc = 0;

	for (const char *p = names; *p && rc == 0; p += strspn(p, " ")) {
		const size_t n = strcspn(p, " ");

		rc = name_add(f, action, p, n, cmp);
		p += n;
	}
	return rc;
}

static int lines_add(scmp_filter_ctx f, uint32_t action, const char *const *lines, size_t n)
{
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = line_add(f, action, lines[i], NULL);
	return rc;
}

static int rule_add(scmp_filter_ctx f, const struct syscalls_rule *r)
{
	const struct scmp_arg_cmp cmp = r->mask ? SCMP_CMP64(r->argument, SCMP_CMP_MASKED_EQ, r->mask, r->value)
						: SCMP_CMP64(r->argument, SCMP_CMP_EQ, r->value);

	return line_add(f, r->deadly ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_ALLOW, r->names, &cmp);
}

/* What is deadly is another answer than the one for the rest, but where all is only logged. */
static int filter_fill(scmp_filter_ctx f, const struct syscalls *s, bool kill)
{
	int rc = seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, s->threads);

	if (rc == 0)
		rc = seccomp_attr_set(f, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree: by number in a few steps */
	if (rc == 0)
		rc = seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH, kill ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_LOG);
	if (rc == 0)
		rc = lines_add(f, SCMP_ACT_ALLOW, s->allowed, s->nallowed);
	if (rc == 0 && kill)
		rc = lines_add(f, SCMP_ACT_KILL_PROCESS, s->deadly, s->ndeadly);
	for (size_t i = 0; i < s->nrule && rc == 0; i++)
		if (kill || !s->rules[i].deadly)
			rc = rule_add(f, &s->rules[i]);
	return rc;
}

int syscalls_confine(const struct syscalls *s, enum conf_sandbox mode, char why[SYSCALLS_WHY_MAX])
{
	const bool kill = mode == CONF_SANDBOX_ON;
	scmp_filter_ctx f;
	int rc;

	if (mode == CONF_SANDBOX_OFF || SYSCALLS_IS_CHECKED)
		return 0;
	f = seccomp_init(kill ? SCMP_ACT_ERRNO(ENOSYS) : SCMP_ACT_LOG);
	rc = f ? filter_fill(f, s, kill) : -ENOMEM;
	if (rc == 0)
		rc = seccomp_load(f);
	seccomp_release(f);
	if (rc == 0)
		return 0;
	snprintf(why, SYSCALLS_WHY_MAX,
		 "the kernel takes no list of system calls (%s): node.sandbox \"off\" does without", strerror(-rc));
	return -1;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* syscalls.h: a list of the system calls that a program may make once it runs (seccomp). */
#ifndef NATSBC_OS_SYSCALLS_H
#define NATSBC_OS_SYSCALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alg/conf/config.h"

/* Built with a sanitizer, which needs more than the program does: there is no list then. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SYSCALLS_IS_CHECKED = 1 };
#else
enum { SYSCALLS_IS_CHECKED = 0 };
#endif

enum { SYSCALLS_WHY_MAX = 256 };

/* Calls that hang on what they are asked for: allowed, or deadly, where the argument is the value. */
struct syscalls_rule {
	const char *names; /* as in struct syscalls */
	bool deadly;
	uint8_t argument; /* its place, from 0 */
	uint64_t mask;    /* only these bits are looked at; 0: all */
	uint64_t value;
};

/* Lines of names, with one blank between two. A name that only other processors have is passed over. */
struct syscalls {
	const char *const *allowed, *const *deadly;
	size_t nallowed, ndeadly;
	const struct syscalls_rule *rules;
	size_t nrule;
	bool threads; /* for those that run already too */
};

/* For good. What is not on the list fails as if the kernel did not know it; what is deadly, such as only somebody who
 * has taken over the program would want, ends it at once with SIGSYS. CONF_SANDBOX_LOG: all is done, and the kernel's
 * log tells of what is not allowed. PR_SET_NO_NEW_PRIVS is to be set. 0, or -1 with the reason. */
int syscalls_confine(const struct syscalls *s, enum conf_sandbox mode, char why[SYSCALLS_WHY_MAX]);

#endif

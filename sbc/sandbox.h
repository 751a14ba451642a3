/* SPDX-License-Identifier: BSD-3-Clause */
/* sandbox.h: what sbc may ask of the kernel once it runs (seccomp). */
#ifndef NATSBC_SBC_SANDBOX_H
#define NATSBC_SBC_SANDBOX_H

#include "alg/os/syscalls.h"

/* For all threads, for good. What is not on the list fails as if the kernel did not know it; what only somebody who has
 * taken over the program would want (other programs, other namespaces, kernel modules, memory that is written and then
 * run) ends it at once with SIGSYS. 0, or -1 with the reason. */
int sandbox_enter(enum conf_sandbox mode, char why[SYSCALLS_WHY_MAX]);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* sandbox.h: what sbc-firewall may ask of the kernel once it runs (seccomp). */
#ifndef NATSBC_FIREWALL_SANDBOX_H
#define NATSBC_FIREWALL_SANDBOX_H

#include "alg/os/syscalls.h"

/* For good: what is not on the list fails as if the kernel did not know it; starting another program, loading code or
 * looking into other processes ends it with SIGSYS. 0, or -1 with the reason. */
int sandbox_enter(enum conf_sandbox mode, char why[SYSCALLS_WHY_MAX]);

#endif

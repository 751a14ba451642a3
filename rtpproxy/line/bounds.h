/* SPDX-License-Identifier: BSD-3-Clause */
/* bounds.h: where a stranger's description must not make us send to (FAULTS 22). */
#ifndef NATSBC_RTPPROXY_BOUNDS_H
#define NATSBC_RTPPROXY_BOUNDS_H

#include "rtpproxy/line/target.h"

/* OUTCOME_OK also for no address at all, and for 0.0.0.0, which means hold: nothing is sent there. */
enum outcome bounds_check(const struct target_rules *rules, const struct addr *a);

#endif

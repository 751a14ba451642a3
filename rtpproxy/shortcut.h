/* SPDX-License-Identifier: BSD-3-Clause */
/* shortcut.h: the kernel's programs forward what needs no thought, on the flow table that they share with the workers
 * (bpf/shortcut.h has what they do). */
#ifndef NATSBC_RTPPROXY_SHORTCUT_H
#define NATSBC_RTPPROXY_SHORTCUT_H

#include "rtpproxy/flow.h"
#include "rtpproxy/nics.h"

/* Puts the table, in which nothing is known yet, where the programs can have it, and lets them. From then on the
 * workers' sign of life (flow_beat()) is what they wait for. `all`: also where the kernel does not say that an interface
 * sends what programs give it. How many interfaces forward; 0: the table is as it was. */
unsigned shortcut_open(struct flow_table *t, const struct nics *n, bool all);

#endif

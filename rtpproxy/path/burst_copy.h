/* SPDX-License-Identifier: BSD-3-Clause */
/* burst_copy.h: packets that leave from other ports as well. */
#ifndef NATSBC_RTPPROXY_BURST_COPY_H
#define NATSBC_RTPPROXY_BURST_COPY_H

#include "rtpproxy/path/burst.h"

/* The packet, which was accepted as it is in m, goes into the queues that its port's copies leave by; the caller sends
 * them. False: its port has none. How each copy ends is counted. Where the packet itself goes nowhere, it ends as
 * VERDICT_COPIED. */
bool burst_copy(struct burst_packet *k, const struct rte_mbuf *m, struct burst_path *path);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* inject.h: a packet of the relay's own, from one of its ports to where media leaves for from there. */
#ifndef NATSBC_RTPPROXY_INJECT_H
#define NATSBC_RTPPROXY_INJECT_H

#include "rtpproxy/path/burst.h"

/* Into the queue that it leaves by, which has room. Nothing where the port has no target or no way to it. */
void inject_queue(struct burst_path *path, uint32_t index, const uint8_t *bytes, uint16_t n);

/* A whole frame, as it is, which is the path's from now on. */
void inject_frame(struct burst_path *path, unsigned nic, struct rte_mbuf *frame);

#endif

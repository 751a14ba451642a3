/* SPDX-License-Identifier: BSD-3-Clause */
/* dialport.h: digits that we dial at a port, in the place of the side that it faces (dial.h). The worker's side. */
#ifndef NATSBC_RTPPROXY_DIALPORT_H
#define NATSBC_RTPPROXY_DIALPORT_H

#include "rtpproxy/path/flow.h"

/* Control asks, or asks again. True: the packet in out is to leave now from the port's peer. */
bool dialport_order(struct flow_table *t, const struct order *o, uint64_t now, flow_notice_fn *tell, void *ctx,
		    uint8_t out[DIAL_LEN]);

/* The side has sent an RTP packet of n bytes, which is about to leave: what leaves instead. False: it itself. */
bool dialport_replace(struct flow_table *t, uint32_t index, const uint8_t *rtp, uint32_t n, flow_notice_fn *tell,
		      void *ctx, uint8_t out[DIAL_LEN]);

#endif

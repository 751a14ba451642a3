/* SPDX-License-Identifier: BSD-3-Clause */
/* reply.h: datagrams that control sends from one of our ports to an address of its choice, as whole frames; those whose
 * way is not known yet wait for it. */
#ifndef NATSBC_RTPPROXY_REPLY_H
#define NATSBC_RTPPROXY_REPLY_H

#include <rte_mbuf.h>

#include "rtpproxy/net/netview.h"
#include "rtpproxy/path/datapath.h"
#include "rtpproxy/path/order.h"

enum {
	REPLY_FRAMES = 511, /* at once */
	REPLY_WAITS = 32,   /* ports that wait for a way: each for the last datagram only */
	REPLY_WAIT_MS = 1000,
};

/* A datagram, and from where. */
struct reply {
	struct own_port own;
	struct addr from, to; /* from: our address, with the port */
	uint16_t n;
	uint8_t bytes[DATAPATH_MAIL_MAX];
};

struct reply_wait {
	struct reply reply;
	const struct way *way; /* held; NULL: free */
	uint64_t until_ms;
};

struct replies {
	struct rte_mempool *pool; /* NULL until the first one */
	struct reply_wait *wait;
};

/* The datagram as a frame that leaves by an interface of this address. The caller's; NULL where it is longer than
 * frame_max, or without memory. */
struct rte_mbuf *reply_frame(struct replies *r, const struct reply *reply, const struct hop *hop, const uint8_t mac[6],
			     uint32_t frame_max);

/* It waits for the way, in the place of what waited at the same port. Gives back, for netview_put(), a way that nobody
 * waits for any more; NULL: none. */
const struct way *reply_wait(struct replies *r, const struct reply *reply, const struct way *way, uint64_t now_ms);

/* One that waits for this way, or with NULL: whose time is over. NULL where there is none. The caller lets it go by
 * setting its way to NULL. */
struct reply_wait *reply_next(struct replies *r, const struct way *way, uint64_t now_ms);

/* Nothing waits, and no frame is on its way. */
void replies_close(struct replies *r);

#endif

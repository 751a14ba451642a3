/* SPDX-License-Identifier: BSD-3-Clause */
/* share.h: what a worker does for the others. A packet that came by its queue to a port of another's goes on to that
 * one; what others want to send by a queue that only it has, it sends. */
#ifndef NATSBC_RTPPROXY_SHARE_H
#define NATSBC_RTPPROXY_SHARE_H

#include "rtpproxy/path/burst.h"
#include "rtpproxy/path/handover.h"

enum { SHARE_MAX = CONF_CORE_MAX };

struct share {
	unsigned number; /* this worker's */
	unsigned n;      /* of all; 1: it is alone, and nothing else is used */
	uint32_t nth;    /* 2^32 by n, rounded up: see share_owner() */
	struct handover to[SHARE_MAX];
	struct handover *from[SHARE_MAX];
	struct bell bell;
};

/* Alone. 0 or -1. */
int share_open(struct share *s, unsigned number);
void share_close(struct share *s);

/* What one gives to the other. 0, or -1 without memory. */
int share_join(struct share *from, struct share *to);

/* datapath_worker() without a division; nth: 2^32 by n, rounded up. Half a port is less than 2^15, n at most 16: what
 * rounding adds does not come to a whole. */
static inline uint32_t share_owner(uint16_t port, uint32_t n, uint32_t nth)
{
	const uint32_t half = port / 2U;

	return half - (uint32_t)((uint64_t)half * nth >> 32) * n;
}

/* After burst_parse(): what is for others leaves the burst, and is theirs. */
void share_burst(struct share *s, struct burst *b, struct burst_path *path);

/* What another one gave: the burst, as burst_rx() would fill it; how many. */
unsigned share_take(struct share *s, unsigned from, struct burst *b, const struct burst_path *path);

/* Sends what others could not; how many. */
unsigned share_send(struct share *s, struct burst_path *path);

bool share_is_empty(const struct share *s);

/* Frees what is on its way, when no worker runs. */
void share_drain(struct share *s);

#endif

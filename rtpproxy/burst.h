/* SPDX-License-Identifier: BSD-3-Clause */
/* burst.h: up to 32 packets on their way through the relay, a stage at a time. */
#ifndef NATSBC_RTPPROXY_BURST_H
#define NATSBC_RTPPROXY_BURST_H

#include <rte_mbuf.h>

#include "rtpproxy/flow.h"
#include "rtpproxy/verdict.h"

enum { BURST_MAX = 32, BURST_NIC_MAX = 16 };

/* An interface as the stages see it. */
struct burst_nic {
	uint16_t port; /* DPDK's */
	uint8_t mac[6];
};

/* Packets waiting to leave by one interface. */
struct burst_queue {
	struct rte_mbuf *mbuf[BURST_MAX];
	uint16_t n;
};

/* What the stages work on, for all bursts. */
struct burst_path {
	struct flow_table *flows;
	struct burst_nic nic[BURST_NIC_MAX];
	unsigned nnic;
	struct burst_queue queue[BURST_NIC_MAX];
	struct verdict_counts counts;
	uint64_t received;
	flow_notice_fn *tell;
	void *tell_ctx;
};

struct burst {
	unsigned n;
	uint64_t now; /* ms */
	struct rte_mbuf *mbuf[BURST_MAX];
	uint32_t index[BURST_MAX];  /* the port that the packet came to */
	uint8_t verdict[BURST_MAX]; /* enum verdict; VERDICT_NONE: still on its way */
	uint8_t kind[BURST_MAX];    /* enum rtp_kind */
	struct frame frame[BURST_MAX];
};

/* Takes what waits at a queue of a port; the number of packets. */
unsigned burst_rx(struct burst *b, struct burst_path *path, uint16_t port, uint16_t queue);
/* Datagrams to our media ports, and what they carry. */
void burst_parse(struct burst *b, const struct burst_path *path);
/* Fetches what the next stage will read. */
void burst_lookup(struct burst *b, const struct burst_path *path);
/* Checks or learns the source, makes the packet ours, counts, and puts it in the queue it leaves by. */
void burst_act(struct burst *b, struct burst_path *path);
/* Sends the queues and frees what ended here. */
void burst_tx(struct burst *b, struct burst_path *path);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* burst.h: up to 32 packets on their way through the relay, a stage at a time. */
#ifndef NATSBC_RTPPROXY_BURST_H
#define NATSBC_RTPPROXY_BURST_H

#include <rte_mbuf.h>

#include "alg/base/siphash.h"
#include "rtpproxy/path/capture.h"
#include "rtpproxy/path/flow.h"
#include "rtpproxy/path/mailbox.h"
#include "rtpproxy/path/verdict.h"

enum { BURST_MAX = 32, BURST_NIC_MAX = 18 }; /* realms' interfaces, lo, and the kernel's end of a device */

struct handover;

/* An interface as the stages see it, and the packets waiting to leave by it. */
struct burst_nic {
	uint16_t port;         /* DPDK's */
	uint16_t queue;        /* that packets leave by */
	struct handover *hand; /* to who has a queue to send by; NULL: this worker has */
	uint8_t mac[6];
	struct rte_mempool *pool; /* for packets of our own; NULL: none are sent */
	uint32_t frame_max;       /* bytes, with the Ethernet header */
	uint32_t n;
	struct rte_mbuf *mbuf[BURST_MAX];
};

/* What the stages work on, for all bursts. */
struct burst_path {
	struct flow_table *flows;
	struct burst_nic nic[BURST_NIC_MAX];
	unsigned nnic;
	struct hash_key names; /* what hides names in RTCP: random, one for the process */
	struct verdict_counts counts;
	uint64_t received;
	uint64_t injected;       /* of those sent, packets of our own: inject.h */
	uint64_t copied;         /* copies of what came: burst_copy.h */
	uint64_t us_rate;        /* microseconds in a tick of the processor's counter, scaled by 2^64 */
	struct capture *capture; /* NULL: nothing is captured */
	struct mailbox *mailbox; /* NULL: control takes no mail */
	flow_notice_fn *tell;
	void *tell_ctx;
};

/* What the stages found out about a packet. */
struct burst_packet {
	struct flow *in;  /* the port that it came to; nobody's where there is none */
	struct flow *out; /* the port that it leaves from */
	struct frame frame;
	uint16_t sum;    /* of its addresses */
	uint8_t verdict; /* enum verdict; VERDICT_NONE: still on its way */
	uint8_t kind;    /* enum rtp_kind */
	uint8_t hops;    /* what goes back to its sender: the hop limit that it came with */
};

struct burst {
	unsigned n;
	uint64_t now;    /* ms */
	uint8_t kernel;  /* index of the interface by which what is not media goes to the kernel; NIC_NONE: it is there
			  */
	uint64_t now_us; /* when it was received; of a clock of its own, for differences */
	struct rte_mbuf *mbuf[BURST_MAX];
	struct burst_packet packet[BURST_MAX];
};

/* Of packets that are about to be looked at: the time, and what the next stage needs. */
void burst_begin(struct burst *b, const struct burst_path *path);
/* Takes what waits at a queue of a port; the number of packets. */
unsigned burst_rx(struct burst *b, struct burst_path *path, uint16_t port, uint16_t queue);
/* Datagrams to our media ports, and what they carry. */
void burst_parse(struct burst *b, const struct burst_path *path);
/* Checks or learns the source, and counts. */
void burst_accept(struct burst *b, struct burst_path *path);
/* One packet on its way out, as of burst_forward(). In the queue unless it is not VERDICT_SENT. */
enum verdict burst_onward(struct burst_packet *k, struct rte_mbuf *m, struct burst_path *path);
/* What becomes of it where the port that it leaves from leads nowhere. */
enum verdict burst_aimless(const struct burst_packet *k, const struct burst_path *path);
/* Makes the packets ours and puts them in the queues that they leave by. */
void burst_forward(struct burst *b, struct burst_path *path);
/* Sends what came on by another interface, as it is: what the kernel has to say by a device. */
void burst_pass(struct burst *b, struct burst_path *path, unsigned nic);
/* Of n packets for another worker the first `given` are its; the others end here. */
void burst_handed(struct burst_path *path, struct rte_mbuf **m, unsigned n, unsigned given);
/* Sends what other workers gave, each as its handover_way() says; at most BURST_MAX. */
void burst_leave(struct burst_path *path, struct rte_mbuf **m, unsigned n);
/* Sends the queues: how many packets were in them. */
unsigned burst_send(struct burst_path *path);
/* Sends the queues and frees what ended here. */
void burst_tx(struct burst *b, struct burst_path *path);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* flow_lines.h: what a relayed packet touches of a port. Where the kernel's program forwards (bpf/shortcut.h) it works
 * on the same memory. */
#ifndef NATSBC_RTPPROXY_FLOW_LINES_H
#define NATSBC_RTPPROXY_FLOW_LINES_H

#include <stddef.h>

#include "alg/net/frame.h"
#include "alg/rtp/measure.h"

enum flow_use { FLOW_UNUSED, FLOW_OFF, FLOW_ON };

/* In in.quick beside the kinds: RTP that arrives is renumbered, a digit takes its place, it is copied, or goes back. */
enum { FLOW_EDITED = 1 << 7 };

/* In to.family beside the family: what leaves is sealed, or is not to leave yet. No packet has such a family, so that
 * none leaves as it is by mistake. */
enum { FLOW_SEALED = 1 << 7 };

/* In to.tag. FLOW_TAG_HELD: somebody is at work on the out line. */
enum { FLOW_TAG_NIC, FLOW_TAG_HELD };

/* One port. A relayed packet touches the `in` line of the port it came to and the `out` line of the port it leaves
 * from; RTP, the `measure` line of the first, too. Its worker writes, and the kernel's program counts and measures:
 * each while it holds the line. The counters and what stats shows are read from elsewhere by relaxed atomics. */
struct flow {
	struct {
		struct host source;   /* compared only where `quick` allows */
		uint16_t source_port; /* network order */
		uint32_t peer;        /* index of the port that it leaves from */
		uint8_t use;          /* enum flow_use */
		uint8_t kind;         /* enum stream_kind */
		uint8_t quick; /* 1 << enum rtp_kind of what the source alone decides on: in use, latched, nothing
				  pending */
		uint8_t state; /* enum port_state, for stats */
		uint32_t held; /* somebody is at work on this line and on `measure` */
		uint64_t packets, bytes;
		uint64_t at_ms;
		uint16_t sum; /* of the source's address and ours */
		uint8_t payload_type;
	} in __attribute__((aligned(64)));
	struct {
		struct frame_target to; /* family ADDR_NONE: see aim */
		uint64_t packets, bytes;
	} out __attribute__((aligned(64)));
	struct rtp_measure measure __attribute__((aligned(64)));
};

_Static_assert(offsetof(struct flow, out) == 64 && sizeof(struct flow) == 192, "one line each");

/* One writer at a time, relaxed: a plain addition. */
static inline void flow_count(uint64_t *counter, uint64_t n)
{
	relaxed_store(counter, *counter + n);
}

#endif

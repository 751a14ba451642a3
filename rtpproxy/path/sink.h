/* SPDX-License-Identifier: BSD-3-Clause */
/* sink.h: where copies of packets go, and how much of them to each: in one byte, so that a port that is not copied from
 * has 0. */
#ifndef NATSBC_RTPPROXY_SINK_H
#define NATSBC_RTPPROXY_SINK_H

#include "rtpproxy/path/datapath.h"

enum sink { SINK_FILE, SINK_RECEIVER, SINK_N };

enum { SINK_BITS = 2, SINK_MASK = (1 << SINK_BITS) - 1 };

static inline uint8_t sinks_of(const struct port_spec *spec)
{
	return (uint8_t)(spec->capture << SINK_FILE * SINK_BITS | spec->forward << SINK_RECEIVER * SINK_BITS);
}

static inline enum datapath_capture sink_wants(uint8_t sinks, enum sink to)
{
	return (enum datapath_capture)(sinks >> to * SINK_BITS & SINK_MASK);
}

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* gate.h: what of a side's RTP passes, where a client has had it blocked: its media, its telephone events, or silence
 * in place of its voice. */
#ifndef NATSBC_RTPPROXY_GATE_H
#define NATSBC_RTPPROXY_GATE_H

#include "alg/sdp/numbers.h"

struct gate {
	bool media;                /* blocked; telephone events pass */
	bool events;               /* blocked (RFC 4733) */
	bool silence;              /* G.711 is made silent; what is neither that nor an event is blocked */
	bool tell;                 /* of telephone events, whether they pass or not */
	struct sdp_numbers number; /* of telephone events */
};

/* RTP that arrives must be looked at. */
static inline bool gate_is_shut(const struct gate *g)
{
	return g->media || g->events || g->silence || g->tell;
}

enum gate_verdict { GATE_PASS, GATE_BLOCK, GATE_SILENCE };

enum gate_verdict gate_judge(const struct gate *g, uint8_t payload_type);

/* Makes the n bytes of an RTP packet silent; payload number 0 or 8. -1, and nothing done, where it is broken. */
int gate_silence(uint8_t *p, uint32_t n);

#endif

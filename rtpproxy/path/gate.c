/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/gate.h"

#include <string.h>

#include "alg/rtp/rtp.h"

/* Numbers that are never given to anything else (RFC 3551 6), and zero volume in them (G.711). */
enum { PCMU = 0, PCMA = 8, PCMU_ZERO = 0xff, PCMA_ZERO = 0xd5 };

enum gate_verdict gate_judge(const struct gate *g, uint8_t payload_type)
{
	if (numbers_have(&g->number, payload_type))
		return g->events ? GATE_BLOCK : GATE_PASS;
	if (g->media)
		return GATE_BLOCK;
	if (!g->silence)
		return GATE_PASS;
	return payload_type == PCMU || payload_type == PCMA ? GATE_SILENCE : GATE_BLOCK;
}

int gate_silence(uint8_t *p, uint32_t n)
{
	struct rtp_header h;

	if (rtp_parse(p, n, false, &h))
		return -1;
	memset(p + h.header_len, h.payload_type == PCMA ? PCMA_ZERO : PCMU_ZERO, n - h.header_len - h.padding);
	return 0;
}

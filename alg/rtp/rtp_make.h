/* SPDX-License-Identifier: BSD-3-Clause */
/* rtp_make.h: the header of an RTP packet of our own (RFC 3550 5.1). */
#ifndef NATSBC_RTP_RTP_MAKE_H
#define NATSBC_RTP_RTP_MAKE_H

#include "alg/rtp/rtp.h"

enum { RTP_MAKE_HEADER = 12 };

/* Of h header_len and padding are not looked at: there are neither contributing sources, extension nor padding. */
static inline void rtp_make_header(uint8_t p[RTP_MAKE_HEADER], const struct rtp_header *h)
{
	const uint32_t words[] = { (uint32_t)h->seq | UINT32_C(0x80000000) | (uint32_t)h->marker << 23 |
					   (uint32_t)(h->payload_type & 0x7f) << 16,
				   h->timestamp, h->ssrc };

	for (unsigned i = 0; i < RTP_MAKE_HEADER; i++)
		p[i] = (uint8_t)(words[i / 4] >> (24 - 8 * (i % 4)));
}

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* frame_make.h: a UDP datagram of our own in a frame, over IPv4 or IPv6. */
#ifndef NATSBC_NET_FRAME_MAKE_H
#define NATSBC_NET_FRAME_MAKE_H

#include "alg/net/frame.h"

/* Writes headers and n bytes of payload to p, which has room for them; the length of all. `to` is sealed. */
static inline uint32_t frame_make(uint8_t *p, const struct frame_target *to, const uint8_t *source_mac,
				  const uint8_t *payload, uint16_t n)
{
	const bool v4 = to->family == ADDR_V4;
	const struct frame f = {
		.payload_len = n,
		.udp = FRAME_ETHER + (v4 ? FRAME_IPV4 : FRAME_IPV6),
		.family = to->family,
	};
	uint8_t *udp = p + f.udp;

	memcpy(udp + FRAME_UDP, payload, n);
	frame_store32(udp, frame_ports(to));
	frame_store16(udp + 4, htons((uint16_t)(FRAME_UDP + n)));
	frame_store16(udp + 6, frame_udp_complete(udp, n, to->sum, frame_ports(to)));
	frame_store16(p + 12, htons(v4 ? FRAME_ETHER_IPV4 : FRAME_ETHER_IPV6));
	if (v4) {
		frame_ipv4_rewrite(p + FRAME_ETHER, f, to);
	} else {
		frame_ipv6_rewrite(p + FRAME_ETHER, to);
		memcpy(p + FRAME_ETHER + 4, udp + 4, 2);
		p[FRAME_ETHER + 6] = FRAME_PROTO_UDP;
	}
	memcpy(p, to->target_mac, 6);
	memcpy(p + 6, source_mac, 6);
	return frame_payload(&f) + n;
}

#endif

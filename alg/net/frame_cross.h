/* SPDX-License-Identifier: BSD-3-Clause */
/* frame_cross.h: a datagram goes over from IPv4 to IPv6 or back: its IP header grows or shrinks in front of it. */
#ifndef NATSBC_NET_FRAME_CROSS_H
#define NATSBC_NET_FRAME_CROSS_H

#include "alg/net/frame.h"

/* Bytes that must be free before a frame of IPv4. */
enum { FRAME_CROSS_ROOM = FRAME_IPV6 - FRAME_IPV4 };

/* IPv6 knows no datagram without a UDP checksum: such a one is nobody's (RFC 8200 8.1). */
static inline bool frame_can_cross(const uint8_t *p, const struct frame *f)
{
	return f->family == ADDR_V4 || frame_load16(p + f->udp + 6) != 0;
}

/* What frame_rewrite() leaves as it is in an IPv6 header. */
static inline void frame_ipv6_begin(uint8_t *ip, uint16_t payload_len)
{
	frame_store16(ip + 4, htons((uint16_t)(FRAME_UDP + payload_len)));
	ip[6] = FRAME_PROTO_UDP;
}

/* The frame at p as one of the other family, for frame_rewrite() to complete: it begins so many bytes later
 * (IPv4 to IPv6: earlier), and *f is what parsing would find there. addresses: frame_addresses_sum() before. One's
 * complement sums of the two pseudo headers differ by the addresses alone (RFC 2460 8.1), so the checksum is updated
 * as within a family; a datagram without one gets it here. */
static inline int frame_cross(uint8_t *p, struct frame *f, uint16_t addresses)
{
	uint8_t *udp = p + f->udp, *start;

	if (f->family == ADDR_V6) {
		start = udp - FRAME_IPV4 - FRAME_ETHER;
		frame_store16(start + 12, htons(FRAME_ETHER_IPV4));
		f->family = ADDR_V4;
		f->udp = FRAME_ETHER + FRAME_IPV4;
		return (int)(start - p);
	}
	if (frame_load16(udp + 6) == 0)
		frame_store16(udp + 6, frame_udp_complete(udp, f->payload_len, addresses, frame_load32(udp)));
	start = udp - FRAME_IPV6 - FRAME_ETHER;
	frame_store16(start + 12, htons(FRAME_ETHER_IPV6));
	frame_ipv6_begin(start + FRAME_ETHER, f->payload_len);
	f->family = ADDR_V6;
	f->udp = FRAME_ETHER + FRAME_IPV6;
	return (int)(start - p);
}

#endif

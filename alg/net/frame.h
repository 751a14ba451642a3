/* SPDX-License-Identifier: BSD-3-Clause */
/* frame.h: a UDP datagram in an Ethernet frame, over IPv4 or IPv6: where its parts are. */
#ifndef NATSBC_NET_FRAME_H
#define NATSBC_NET_FRAME_H

#include <stdbool.h>

#include "alg/net/host.h"

enum {
	FRAME_ETHER = 14,
	FRAME_IPV4 = 20, /* without options: we neither send nor take them */
	FRAME_IPV6 = 40,
	FRAME_UDP = 8,
};

enum frame_fault {
	FRAME_OK,
	FRAME_SHORT,       /* cut off before the end of its headers, or of what they announce */
	FRAME_NOT_IP,
	FRAME_IP_HEADER,   /* wrong version or options */
	FRAME_IP_CHECKSUM,
	FRAME_FRAGMENT,
	FRAME_NOT_UDP,
	FRAME_UDP_LENGTH,  /* UDP and IP disagree */
};

/* Offsets are from the first byte of the frame. */
struct frame {
	struct host source, target;
	uint16_t source_port, target_port; /* network order */
	uint16_t udp, payload, payload_len; /* udp: offset of that header; the IP header is at FRAME_ETHER */
	uint8_t family;                    /* enum addr_family */
};

/* n bytes at p, p being 2-byte aligned or not. out is untouched unless FRAME_OK. */
enum frame_fault frame_parse(const uint8_t *p, uint32_t n, struct frame *out);

/* What replaces the addresses of a datagram. Borrowed for the call: they lie where they are kept anyway. */
struct frame_target {
	const uint8_t *source_mac, *target_mac;
	const struct host *source, *target;
	uint16_t source_port, target_port; /* network order */
	uint16_t sum;                      /* of the two addresses and ports: frame_target_sum() */
	uint8_t dscp;
};

/* Sum of what frame_rewrite brings in; worth computing once for a stream of packets. */
uint16_t frame_target_sum(const struct host *source, const struct host *target, uint16_t source_port,
			  uint16_t target_port);

/* Makes the datagram ours: addresses, ports, hop limit, DSCP, and checksums to match. The family stays.
 * A UDP checksum of 0 stays (IPv4); one left to the hardware by a local sender (only the pseudo header is summed) is
 * completed, since nobody after us would. */
void frame_rewrite(uint8_t *p, const struct frame *f, const struct frame_target *to);

#endif

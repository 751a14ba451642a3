/* SPDX-License-Identifier: BSD-3-Clause */
/* frame.h: a UDP datagram in an Ethernet frame, over IPv4 or IPv6: where its parts are, and making it another's.
 * All of it is inline: it runs for every packet, and calls would cost as much as the work. */
#ifndef NATSBC_NET_FRAME_H
#define NATSBC_NET_FRAME_H

#include <arpa/inet.h>
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
	FRAME_SHORT, /* cut off before the end of its headers, or of what they announce */
	FRAME_NOT_IP,
	FRAME_IP_HEADER, /* wrong version or options */
	FRAME_FRAGMENT,
	FRAME_NOT_UDP,
	FRAME_UDP_LENGTH, /* UDP and IP disagree */
};

/* What parsing found. Addresses and ports stay where they are: frame_source() and the like read them. */
struct frame {
	uint16_t payload_len;
	uint8_t udp;    /* offset of that header in the frame; the IP header is at FRAME_ETHER */
	uint8_t family; /* enum addr_family */
};

/* What replaces the addresses of datagrams of one family: one stream of them, made once. */
struct frame_target {
	struct host source, target;
	uint16_t port[2]; /* source and target, network order */
	uint16_t sum;     /* of the two addresses: frame_target_seal() */
	uint8_t target_mac[6];
	uint8_t dscp;
	uint8_t family; /* enum addr_family */
	uint8_t tag[2]; /* the owner's */
};

enum {
	FRAME_PROTO_UDP = 17,
	FRAME_PROTO_FRAGMENT = 44,
	FRAME_HOP_LIMIT = 64,
	/* In host order; fields are read byte by byte or compared after a swap. */
	FRAME_ETHER_IPV4 = 0x0800,
	FRAME_ETHER_IPV6 = 0x86dd,
	FRAME_DONT_FRAGMENT = 0x4000,
	FRAME_FRAGMENT_MASK = 0x3fff, /* more fragments, and the offset */
};

static inline uint16_t frame_get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t frame_load32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return v;
}

static inline void frame_store32(uint8_t *p, uint32_t v)
{
	memcpy(p, &v, 4);
}

/* As it lies in memory. */
static inline uint16_t frame_load16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, 2);
	return v;
}

static inline void frame_store16(uint8_t *p, uint16_t v)
{
	memcpy(p, &v, 2);
}

static inline uint32_t frame_payload(const struct frame *f)
{
	return (uint32_t)f->udp + FRAME_UDP;
}

/* Without what Ethernet padded. */
static inline uint32_t frame_len(const struct frame *f)
{
	return frame_payload(f) + f->payload_len;
}

static inline struct host frame_source(const uint8_t *p, const struct frame *f)
{
	return f->family == ADDR_V4 ? host_v4(p + FRAME_ETHER + 12) : host_v6(p + FRAME_ETHER + 8);
}

static inline struct host frame_destination(const uint8_t *p, const struct frame *f)
{
	return f->family == ADDR_V4 ? host_v4(p + FRAME_ETHER + 16) : host_v6(p + FRAME_ETHER + 24);
}

/* Network order. */
static inline uint16_t frame_source_port(const uint8_t *p, const struct frame *f)
{
	return frame_load16(p + f->udp);
}

static inline uint16_t frame_destination_port(const uint8_t *p, const struct frame *f)
{
	return frame_load16(p + f->udp + 2);
}

/* The UDP header at offset `at`, n bytes being there from its first on, as the IP header has it. Nothing is stored
 * before all is known to be well. */
static inline enum frame_fault frame_udp_parse(const uint8_t *p, uint8_t at, uint32_t n, uint8_t family,
					       struct frame *out)
{
	if (n < FRAME_UDP || frame_get16(p + at + 4) != n)
		return FRAME_UDP_LENGTH;
	out->udp = at;
	out->payload_len = (uint16_t)(n - FRAME_UDP);
	out->family = family;
	return FRAME_OK;
}

static inline uint64_t frame_ipv4_sum(const uint8_t *ip)
{
	return (uint64_t)frame_load32(ip) + frame_load32(ip + 4) + frame_load32(ip + 8) + frame_load32(ip + 12) +
	       frame_load32(ip + 16);
}

static inline enum frame_fault frame_ipv4_parse(const uint8_t *p, uint32_t n, struct frame *out)
{
	const uint8_t *ip = p + FRAME_ETHER;
	uint32_t total;

	if (n < FRAME_ETHER + FRAME_IPV4 + FRAME_UDP)
		return FRAME_SHORT;
	if (ip[0] != 0x45)
		return FRAME_IP_HEADER;
	total = frame_get16(ip + 2);
	if (total > n - FRAME_ETHER)
		return FRAME_SHORT;
	if (frame_load16(ip + 6) & htons(FRAME_FRAGMENT_MASK))
		return FRAME_FRAGMENT;
	if (ip[9] != FRAME_PROTO_UDP)
		return FRAME_NOT_UDP;
	if (total < FRAME_IPV4)
		return FRAME_UDP_LENGTH;
	return frame_udp_parse(p, FRAME_ETHER + FRAME_IPV4, total - FRAME_IPV4, ADDR_V4, out);
}

static inline enum frame_fault frame_ipv6_parse(const uint8_t *p, uint32_t n, struct frame *out)
{
	const uint8_t *ip = p + FRAME_ETHER;
	uint32_t payload;

	if (n < FRAME_ETHER + FRAME_IPV6 + FRAME_UDP)
		return FRAME_SHORT;
	if (ip[0] >> 4 != 6)
		return FRAME_IP_HEADER;
	payload = frame_get16(ip + 4);
	if (payload > n - FRAME_ETHER - FRAME_IPV6)
		return FRAME_SHORT;
	if (ip[6] == FRAME_PROTO_FRAGMENT)
		return FRAME_FRAGMENT;
	if (ip[6] != FRAME_PROTO_UDP)
		return FRAME_NOT_UDP;
	return frame_udp_parse(p, FRAME_ETHER + FRAME_IPV6, payload, ADDR_V6, out);
}

/* n bytes at p, p being 2-byte aligned or not. out is untouched unless FRAME_OK. The IPv4 header's checksum is not
 * looked at: what matters of the header is checked, and frame_rewrite() writes all of it anew. */
static inline enum frame_fault frame_parse(const uint8_t *p, uint32_t n, struct frame *out)
{
	if (n < FRAME_ETHER)
		return FRAME_SHORT;
	switch (frame_load16(p + 12)) {
	case __builtin_bswap16(FRAME_ETHER_IPV4):
		return frame_ipv4_parse(p, n, out);
	case __builtin_bswap16(FRAME_ETHER_IPV6):
		return frame_ipv6_parse(p, n, out);
	default:
		return FRAME_NOT_IP;
	}
}

/* Does the IP header's checksum hold? IPv6 has none. */
static inline bool frame_header_is_sound(const uint8_t *p, const struct frame *f)
{
	return f->family != ADDR_V4 || checksum_fold(frame_ipv4_sum(p + FRAME_ETHER)) == 0xffff;
}

/* Completes a target whose addresses are set. */
static inline void frame_target_seal(struct frame_target *to)
{
	to->sum = checksum_fold(host_sum(&to->source) + host_sum(&to->target));
}

/* Sum of the addresses that the frame has: what frame_rewrite() asks for. The same for a whole stream. */
static inline uint16_t frame_addresses_sum(const uint8_t *p, const struct frame *f)
{
	const struct host source = frame_source(p, f), target = frame_destination(p, f);

	return checksum_fold(host_sum(&source) + host_sum(&target));
}

static inline uint32_t frame_ports(const struct frame_target *to)
{
	uint32_t ports;

	memcpy(&ports, to->port, 4);
	return ports;
}

/* The checksum of a datagram whose sender left it to the hardware, or left it out: over these ports and addresses. */
static inline uint16_t frame_udp_complete(const uint8_t *udp, uint16_t payload_len, uint16_t addresses, uint32_t ports)
{
	const uint16_t len = frame_load16(udp + 4), proto = __builtin_bswap16(FRAME_PROTO_UDP);
	const uint64_t sum = (uint64_t)addresses + ports + len + proto + len;

	return checksum_udp(checksum_field(checksum_add(sum, udp + FRAME_UDP, payload_len)));
}

/* The field holds the sum of the pseudo header alone: a local sender has left the rest to hardware. */
static inline bool frame_udp_is_left(const uint8_t *udp, uint16_t addresses)
{
	const uint32_t len = frame_load16(udp + 4), proto = __builtin_bswap16(FRAME_PROTO_UDP);

	return checksum_fold32(addresses + len + proto) == frame_load16(udp + 6);
}

/* The new UDP checksum. The header still has the old ports and a whole checksum, or in IPv4 none; addresses is the sum
 * of the old ones. */
static inline uint16_t frame_udp_updated(const uint8_t *udp, struct frame f, uint16_t addresses,
					 const struct frame_target *to)
{
	const uint16_t field = frame_load16(udp + 6);

	if (field == 0 && f.family == ADDR_V4)
		return 0;
	return checksum_udp(
		checksum_update(field, (uint64_t)frame_load32(udp) + addresses, (uint64_t)frame_ports(to) + to->sum));
}

/* The same where the checksum may not be whole yet. */
static inline uint16_t frame_udp_checksum(const uint8_t *udp, struct frame f, uint16_t addresses,
					  const struct frame_target *to)
{
	if (frame_load16(udp + 6) == 0 && f.family == ADDR_V4)
		return 0;
	if (frame_udp_is_left(udp, addresses))
		return frame_udp_complete(udp, f.payload_len, to->sum, frame_ports(to));
	return frame_udp_updated(udp, f, addresses, to);
}

/* The header is made in words and summed before it is stored: reading back what was just written in smaller pieces
 * would stall. */
static inline __attribute__((always_inline)) void frame_ipv4_rewrite(uint8_t *ip, struct frame f,
								     const struct frame_target *to)
{
	const uint32_t source = host_v4_word(&to->source), target = host_v4_word(&to->target);
	const uint16_t len = htons((uint16_t)(FRAME_IPV4 + FRAME_UDP + f.payload_len));
	const uint16_t first = htons((uint16_t)(0x4500 | to->dscp << 2));
	/* Never fragmented, so the identification says nothing (RFC 6864 4.1) and need not leak the other side's. */
	const uint32_t second = htonl(FRAME_DONT_FRAGMENT);
	const uint16_t third = htons(FRAME_HOP_LIMIT << 8 | FRAME_PROTO_UDP);
	const uint32_t sum = (uint32_t)first + len + htons(FRAME_DONT_FRAGMENT) + third + to->sum;

	frame_store16(ip, first);
	frame_store16(ip + 2, len);
	frame_store32(ip + 4, second);
	frame_store16(ip + 8, third);
	frame_store16(ip + 10, (uint16_t)~checksum_fold32(sum));
	frame_store32(ip + 12, source);
	frame_store32(ip + 16, target);
}

static inline void frame_ipv6_rewrite(uint8_t *ip, const struct frame_target *to)
{
	/* The flow label is the sender's own: not ours to pass on. */
	frame_store32(ip, htonl(0x60000000 | (uint32_t)to->dscp << 22));
	ip[7] = FRAME_HOP_LIMIT;
	memcpy(ip + 8, &to->source, 16);
	memcpy(ip + 24, &to->target, 16);
}

/* The same as frame_rewrite(), the new UDP checksum being known. */
static inline __attribute__((always_inline)) void frame_readdress(uint8_t *restrict p, struct frame f, uint16_t field,
								  const struct frame_target *restrict to,
								  const uint8_t *restrict source_mac)
{
	uint8_t *udp = p + f.udp;

	frame_store32(udp, frame_ports(to));
	frame_store16(udp + 6, field);
	if (f.family == ADDR_V4)
		frame_ipv4_rewrite(p + FRAME_ETHER, f, to);
	else
		frame_ipv6_rewrite(p + FRAME_ETHER, to);
	memcpy(p, to->target_mac, 6);
	memcpy(p + 6, source_mac, 6);
}

/* Makes the datagram ours: addresses, ports, hop limit, DSCP, and checksums to match. The family is the target's;
 * addresses is frame_addresses_sum(), known or computed. A UDP checksum of 0 stays (IPv4); one left to the hardware by
 * a local sender (only the pseudo header is summed) is completed, since nobody after us would. */
static inline __attribute__((always_inline)) void frame_rewrite(uint8_t *restrict p, struct frame f, uint16_t addresses,
								const struct frame_target *restrict to,
								const uint8_t *restrict source_mac)
{
	frame_readdress(p, f, frame_udp_checksum(p + f.udp, f, addresses, to), to, source_mac);
}

/* The hop limit: as it came, or after frame_rewrite(). */
static inline uint8_t frame_hops(const uint8_t *p, const struct frame *f)
{
	return p[FRAME_ETHER + (f->family == ADDR_V4 ? 8 : 7)];
}

/* After frame_rewrite(). */
static inline void frame_hops_set(uint8_t *p, const struct frame *f, uint8_t hops)
{
	uint8_t *ip = p + FRAME_ETHER;
	const uint16_t was = frame_load16(ip + 8);

	if (f->family != ADDR_V4) {
		ip[7] = hops;
		return;
	}
	ip[8] = hops;
	frame_store16(ip + 10, checksum_update(frame_load16(ip + 10), was, frame_load16(ip + 8)));
}

/* Bytes of the payload were changed after frame_rewrite(): before and after are checksum_add() over all of it. */
static inline void frame_payload_changed(uint8_t *p, const struct frame *f, uint64_t before, uint64_t after)
{
	uint8_t *field = p + f->udp + 6;

	if (frame_load16(field))
		frame_store16(field, checksum_udp(checksum_update(frame_load16(field), before, after)));
}

/* The same where the payload has n bytes now, fewer or more; f is as it was, and as it is afterwards. */
static inline void frame_payload_resized(uint8_t *p, struct frame *f, uint16_t n, uint64_t before, uint64_t after)
{
	uint8_t *ip = p + FRAME_ETHER, *udp = p + f->udp;
	const uint16_t was = frame_load16(udp + 4), is = htons((uint16_t)(FRAME_UDP + n));
	const uint16_t total = htons((uint16_t)(FRAME_IPV4 + FRAME_UDP + n));

	/* Once in the header, once in the pseudo header (RFC 768, RFC 8200 8.1). */
	frame_payload_changed(p, f, before + 2 * (uint64_t)was, after + 2 * (uint64_t)is);
	frame_store16(udp + 4, is);
	if (f->family == ADDR_V4) {
		frame_store16(ip + 10, checksum_update(frame_load16(ip + 10), frame_load16(ip + 2), total));
		frame_store16(ip + 2, total);
	} else {
		frame_store16(ip + 4, is);
	}
	f->payload_len = n;
}

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/net/frame.h"

#include <arpa/inet.h>

enum {
	PROTO_UDP = 17,
	PROTO_FRAGMENT = 44,
	HOP_LIMIT = 64,
	/* In host order; fields are read byte by byte or compared after a swap. */
	ETHER_IPV4 = 0x0800,
	ETHER_IPV6 = 0x86dd,
	IPV4_DONT_FRAGMENT = 0x4000,
	IPV4_FRAGMENT = 0x3fff, /* more fragments, and the offset */
};

static inline uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t load32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return v;
}

static inline void store32(uint8_t *p, uint32_t v)
{
	memcpy(p, &v, 4);
}

/* As it lies in memory. */
static inline uint16_t load16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, 2);
	return v;
}

static inline void store16(uint8_t *p, uint16_t v)
{
	memcpy(p, &v, 2);
}

/* The UDP header at offset `at`, n bytes being there from its first on, as the IP header has it. Nothing is stored before
 * all is known to be well: a copy made in pieces and read back whole would cost more than the checks. */
static inline enum frame_fault udp_parse(const uint8_t *p, uint16_t at, uint32_t n, struct frame *out)
{
	const uint8_t *udp = p + at;

	if (n < FRAME_UDP || get16(udp + 4) != n)
		return FRAME_UDP_LENGTH;
	out->source_port = load16(udp);
	out->target_port = load16(udp + 2);
	out->udp = at;
	out->payload = (uint16_t)(at + FRAME_UDP);
	out->payload_len = (uint16_t)(n - FRAME_UDP);
	return FRAME_OK;
}

static inline uint64_t ipv4_sum(const uint8_t *ip)
{
	return (uint64_t)load32(ip) + load32(ip + 4) + load32(ip + 8) + load32(ip + 12) + load32(ip + 16);
}

static inline enum frame_fault ipv4_parse(const uint8_t *p, uint32_t n, struct frame *out)
{
	const uint8_t *ip = p + FRAME_ETHER;
	uint32_t total;

	if (n < FRAME_ETHER + FRAME_IPV4 + FRAME_UDP)
		return FRAME_SHORT;
	if (ip[0] != 0x45)
		return FRAME_IP_HEADER;
	total = get16(ip + 2);
	if (total > n - FRAME_ETHER)
		return FRAME_SHORT;
	if (checksum_fold(ipv4_sum(ip)) != 0xffff)
		return FRAME_IP_CHECKSUM;
	if (get16(ip + 6) & IPV4_FRAGMENT)
		return FRAME_FRAGMENT;
	if (ip[9] != PROTO_UDP)
		return FRAME_NOT_UDP;
	if (total < FRAME_IPV4 || udp_parse(p, FRAME_ETHER + FRAME_IPV4, total - FRAME_IPV4, out) != FRAME_OK)
		return FRAME_UDP_LENGTH;
	out->family = ADDR_V4;
	out->source = host_v4(ip + 12);
	out->target = host_v4(ip + 16);
	return FRAME_OK;
}

static inline enum frame_fault ipv6_parse(const uint8_t *p, uint32_t n, struct frame *out)
{
	const uint8_t *ip = p + FRAME_ETHER;
	uint32_t payload;

	if (n < FRAME_ETHER + FRAME_IPV6 + FRAME_UDP)
		return FRAME_SHORT;
	if (ip[0] >> 4 != 6)
		return FRAME_IP_HEADER;
	payload = get16(ip + 4);
	if (payload > n - FRAME_ETHER - FRAME_IPV6)
		return FRAME_SHORT;
	if (ip[6] == PROTO_FRAGMENT)
		return FRAME_FRAGMENT;
	if (ip[6] != PROTO_UDP)
		return FRAME_NOT_UDP;
	if (udp_parse(p, FRAME_ETHER + FRAME_IPV6, payload, out) != FRAME_OK)
		return FRAME_UDP_LENGTH;
	out->family = ADDR_V6;
	out->source = host_v6(ip + 8);
	out->target = host_v6(ip + 24);
	return FRAME_OK;
}

enum frame_fault frame_parse(const uint8_t *p, uint32_t n, struct frame *out)
{
	if (n < FRAME_ETHER)
		return FRAME_SHORT;
	switch (get16(p + 12)) {
	case ETHER_IPV4:
		return ipv4_parse(p, n, out);
	case ETHER_IPV6:
		return ipv6_parse(p, n, out);
	default:
		return FRAME_NOT_IP;
	}
}

uint16_t frame_target_sum(const struct host *source, const struct host *target, uint16_t source_port,
			  uint16_t target_port)
{
	return checksum_fold(host_sum(source) + host_sum(target) + source_port + target_port);
}

/* The new UDP checksum. udp still has the old ports and checksum. */
static inline uint16_t udp_checksum(const uint8_t *udp, const struct frame *f, const struct frame_target *to)
{
	const uint64_t addresses = host_sum(&f->source) + host_sum(&f->target);
	const uint16_t len = load16(udp + 4), proto = __builtin_bswap16(PROTO_UDP);
	const uint16_t field = load16(udp + 6);
	uint64_t sum;

	if (field == 0 && f->family == ADDR_V4)
		return 0;
	if (checksum_fold(addresses + len + proto) == field) {
		sum = (uint64_t)to->sum + len + proto + len;
		return checksum_udp(checksum_field(checksum_add(sum, udp + FRAME_UDP, f->payload_len)));
	}
	return checksum_udp(checksum_update(field, addresses + f->source_port + f->target_port, to->sum));
}

/* The header is made in words and summed before it is stored: reading back what was just written in smaller pieces
 * would stall. */
static inline void ipv4_rewrite(uint8_t *ip, const struct frame_target *to)
{
	const uint32_t first = htonl(0x45000000 | (uint32_t)to->dscp << 18 | get16(ip + 2));
	/* Never fragmented, so the identification says nothing (RFC 6864 4.1) and need not leak the other side's. */
	const uint32_t second = htonl(IPV4_DONT_FRAGMENT);
	const uint32_t third = htonl(HOP_LIMIT << 24 | PROTO_UDP << 16);
	const uint32_t source = host_v4_word(to->source), target = host_v4_word(to->target);
	const uint64_t sum = (uint64_t)first + second + third + source + target;

	store32(ip, first);
	store32(ip + 4, second);
	store32(ip + 8, third);
	store16(ip + 10, checksum_field(sum));
	store32(ip + 12, source);
	store32(ip + 16, target);
}

static inline void ipv6_rewrite(uint8_t *ip, const struct frame_target *to)
{
	/* The flow label is the sender's own: not ours to pass on. */
	store32(ip, htonl(0x60000000 | (uint32_t)to->dscp << 22));
	ip[7] = HOP_LIMIT;
	memcpy(ip + 8, to->source, 16);
	memcpy(ip + 24, to->target, 16);
}

void frame_rewrite(uint8_t *p, const struct frame *f, const struct frame_target *to)
{
	uint8_t *udp = p + f->udp;

	store16(udp + 6, udp_checksum(udp, f, to));
	store16(udp, to->source_port);
	store16(udp + 2, to->target_port);
	if (f->family == ADDR_V4)
		ipv4_rewrite(p + FRAME_ETHER, to);
	else
		ipv6_rewrite(p + FRAME_ETHER, to);
	memcpy(p, to->target_mac, 6);
	memcpy(p + 6, to->source_mac, 6);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/net/frame.h"

enum {
	PROTO_UDP = 17,
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

static inline void put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
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

/* The UDP header at f->udp, n bytes being there from its first on, as the IP header has it. */
static inline enum frame_fault udp_parse(const uint8_t *p, uint32_t n, struct frame *f)
{
	const uint8_t *udp = p + f->udp;

	if (n < FRAME_UDP || get16(udp + 4) != n)
		return FRAME_UDP_LENGTH;
	f->source_port = load16(udp);
	f->target_port = load16(udp + 2);
	f->payload = (uint16_t)(f->udp + FRAME_UDP);
	f->payload_len = (uint16_t)(n - FRAME_UDP);
	return FRAME_OK;
}

static inline enum frame_fault ipv4_parse(const uint8_t *p, uint32_t n, struct frame *f)
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
	if (checksum_fold(checksum_add(0, ip, FRAME_IPV4)) != 0xffff)
		return FRAME_IP_CHECKSUM;
	if (get16(ip + 6) & IPV4_FRAGMENT)
		return FRAME_FRAGMENT;
	if (ip[9] != PROTO_UDP)
		return FRAME_NOT_UDP;
	f->family = ADDR_V4;
	f->source = host_v4(ip + 12);
	f->target = host_v4(ip + 16);
	f->udp = FRAME_ETHER + FRAME_IPV4;
	return udp_parse(p, total > FRAME_IPV4 ? total - FRAME_IPV4 : 0, f);
}

static inline enum frame_fault ipv6_parse(const uint8_t *p, uint32_t n, struct frame *f)
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
	if (ip[6] == 44)
		return FRAME_FRAGMENT;
	if (ip[6] != PROTO_UDP)
		return FRAME_NOT_UDP;
	f->family = ADDR_V6;
	f->source = host_v6(ip + 8);
	f->target = host_v6(ip + 24);
	f->udp = FRAME_ETHER + FRAME_IPV6;
	return udp_parse(p, payload, f);
}

enum frame_fault frame_parse(const uint8_t *p, uint32_t n, struct frame *out)
{
	struct frame f;
	enum frame_fault fault;

	if (n < FRAME_ETHER)
		return FRAME_SHORT;
	switch (get16(p + 12)) {
	case ETHER_IPV4:
		fault = ipv4_parse(p, n, &f);
		break;
	case ETHER_IPV6:
		fault = ipv6_parse(p, n, &f);
		break;
	default:
		return FRAME_NOT_IP;
	}
	if (fault == FRAME_OK)
		*out = f;
	return fault;
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

static inline void ipv4_rewrite(uint8_t *ip, const struct frame_target *to)
{
	ip[1] = (uint8_t)(to->dscp << 2);
	/* Never fragmented, so the identification says nothing (RFC 6864 4.1) and need not leak the other side's. */
	put16(ip + 4, 0);
	put16(ip + 6, IPV4_DONT_FRAGMENT);
	ip[8] = HOP_LIMIT;
	store16(ip + 10, 0);
	memcpy(ip + 12, &to->source, 4);
	memcpy(ip + 16, &to->target, 4);
	store16(ip + 10, checksum_field(checksum_add(0, ip, FRAME_IPV4)));
}

static inline void ipv6_rewrite(uint8_t *ip, const struct frame_target *to)
{
	ip[0] = (uint8_t)(0x60 | to->dscp >> 2);
	ip[1] = (uint8_t)(to->dscp << 6); /* the flow label is the sender's own: not ours to pass on */
	put16(ip + 2, 0);
	ip[7] = HOP_LIMIT;
	memcpy(ip + 8, &to->source, 16);
	memcpy(ip + 24, &to->target, 16);
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

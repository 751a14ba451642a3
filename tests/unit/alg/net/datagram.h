/* SPDX-License-Identifier: BSD-3-Clause */
/* datagram.h: frames for tests, with sound checksums computed the plain way (byte pairs, RFC 1071). */
#ifndef NATSBC_TESTS_DATAGRAM_H
#define NATSBC_TESTS_DATAGRAM_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "alg/base/addr.h"

enum { DATAGRAM_MAX = 2048, DATAGRAM_ETHER = 14, DATAGRAM_UDP = 8 };

/* Sum of 16-bit words, high byte first. */
static inline uint32_t datagram_sum(uint32_t sum, const uint8_t *p, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static inline void datagram_put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline uint32_t datagram_ip_len(const uint8_t *p)
{
	return p[12] == 0x08 ? 20 : 40;
}

/* Sum over the pseudo header of the frame at p, whose UDP length is udp_len. */
static inline uint32_t datagram_pseudo(const uint8_t *p, uint32_t udp_len)
{
	const bool v4 = p[12] == 0x08;
	uint8_t tail[4] = { 0, 17 };
	uint32_t sum = v4 ? datagram_sum(0, p + 26, 8) : datagram_sum(0, p + 22, 32);

	datagram_put16(tail + 2, udp_len);
	return datagram_sum(sum, tail, 4);
}

/* Writes the frame; its length. */
static inline uint32_t datagram_write(uint8_t *p, const struct addr *from, const struct addr *to, const void *payload,
				      uint32_t n)
{
	const bool v4 = from->family == ADDR_V4;
	const uint32_t ip_len = v4 ? 20 : 40, udp_len = DATAGRAM_UDP + n;
	uint8_t *ip = p + DATAGRAM_ETHER, *udp = ip + ip_len;
	uint32_t sum;

	memset(p, 0, DATAGRAM_ETHER + ip_len + DATAGRAM_UDP);
	memset(p, 0x02, 12);
	datagram_put16(p + 12, v4 ? 0x0800 : 0x86dd);
	if (v4) {
		ip[0] = 0x45;
		ip[1] = 0x10;
		datagram_put16(ip + 2, ip_len + udp_len);
		datagram_put16(ip + 4, 0x1234);
		ip[8] = 33;
		ip[9] = 17;
		memcpy(ip + 12, from->ip, 4);
		memcpy(ip + 16, to->ip, 4);
		datagram_put16(ip + 10, ~datagram_sum(0, ip, 20) & 0xffff);
	} else {
		ip[0] = 0x61;
		ip[1] = 0x23;
		datagram_put16(ip + 4, udp_len);
		ip[6] = 17;
		ip[7] = 33;
		memcpy(ip + 8, from->ip, 16);
		memcpy(ip + 24, to->ip, 16);
	}
	datagram_put16(udp, from->port);
	datagram_put16(udp + 2, to->port);
	datagram_put16(udp + 4, udp_len);
	if (n)
		memcpy(udp + DATAGRAM_UDP, payload, n);
	sum = datagram_sum(datagram_pseudo(p, udp_len), udp, udp_len);
	datagram_put16(udp + 6, sum == 0xffff ? 0xffff : ~sum & 0xffff);
	return DATAGRAM_ETHER + ip_len + udp_len;
}

/* Do all checksums of the frame hold? */
static inline bool datagram_sound(const uint8_t *p)
{
	const uint32_t ip_len = datagram_ip_len(p);
	const uint8_t *udp = p + DATAGRAM_ETHER + ip_len;
	const uint32_t udp_len = (uint32_t)udp[4] << 8 | udp[5];

	if (ip_len == 20 && datagram_sum(0, p + DATAGRAM_ETHER, 20) != 0xffff)
		return false;
	return datagram_sum(datagram_pseudo(p, udp_len), udp, udp_len) == 0xffff;
}

#endif

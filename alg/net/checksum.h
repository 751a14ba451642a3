/* SPDX-License-Identifier: BSD-3-Clause */
/* checksum.h: the internet checksum (RFC 1071) and its incremental update (RFC 1624). */
#ifndef NATSBC_NET_CHECKSUM_H
#define NATSBC_NET_CHECKSUM_H

#include <stdint.h>
#include <string.h>

/* Sums are of 16-bit words as they lie in memory: the order of bytes cancels out (RFC 1071 2 (B)). A sum stays unfolded
 * while parts are added; 64 bits hold any packet. */

/* Each step adds a value to itself turned by half: the upper half then holds both halves and the carry. */
static inline uint16_t checksum_fold(uint64_t sum)
{
	const uint32_t word = (uint32_t)((sum + (sum << 32 | sum >> 32)) >> 32);

	return (uint16_t)((word + (word << 16 | word >> 16)) >> 16);
}

/* The same for a sum of up to 65536 single words. */
static inline uint16_t checksum_fold32(uint32_t sum)
{
	return (uint16_t)((sum + (sum << 16 | sum >> 16)) >> 16);
}

/* n bytes, an odd last one padded with zero. */
static inline uint64_t checksum_add(uint64_t sum, const void *data, uint32_t n)
{
	const uint8_t *p = data;
	uint32_t word;
	uint16_t half = 0;

	for (; n >= 4; n -= 4, p += 4) {
		memcpy(&word, p, 4);
		sum += word;
	}
	if (n >= 2) {
		memcpy(&half, p, 2);
		sum += half;
		p += 2;
		n -= 2;
	}
	half = 0;
	if (n) {
		memcpy(&half, p, 1);
		sum += half;
	}
	return sum;
}

/* The field that goes into a packet whose other words add up to sum. */
static inline uint16_t checksum_field(uint64_t sum)
{
	return (uint16_t)~checksum_fold(sum);
}

/* HC' = ~(~HC + ~m + m') (RFC 1624 eqn. 3): removed and added are sums of the words that went and came, removed below
 * 2^40. Taking away from a multiple of 0xffff is adding the complement, without folding first. */
static inline uint16_t checksum_update(uint16_t field, uint64_t removed, uint64_t added)
{
	const uint64_t multiple = UINT64_C(0xffff) << 32;

	return checksum_field((uint64_t)(uint16_t)~field + (multiple - removed) + added);
}

/* UDP has no checksum 0: that value says "not computed" (RFC 768). */
static inline uint16_t checksum_udp(uint16_t field)
{
	return field ? field : 0xffff;
}

#endif

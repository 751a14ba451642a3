/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/net/stun_attribute.h"

#include <stddef.h>

#include "alg/base/octets.h"
#include "alg/net/stun_format.h"

enum { FAMILY_V4 = 1, FAMILY_V6 = 2 };

/* The CRC-32 of ITU V.42, four bits a step. */
static uint32_t crc32(const uint8_t *p, uint32_t n)
{
	static const uint32_t table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	uint32_t crc = 0xffffffff;

	for (uint32_t i = 0; i < n; i++) {
		crc = table[(crc ^ p[i]) & 15] ^ crc >> 4;
		crc = table[(crc ^ (uint32_t)(p[i] >> 4)) & 15] ^ crc >> 4;
	}
	return ~crc;
}

/* Those of RFC 8489 18.3 that must be understood, ascending. */
static const uint16_t known[] = {
	0x0001, 0x0006, 0x0008, 0x0009, 0x000a, 0x0014, 0x0015, 0x001c, 0x001d, 0x001e, 0x0020,
};

bool stun_attribute_is_known(uint16_t type)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i] == type)
			return true;
	return type >= STUN_OPTIONAL;
}

uint32_t stun_attribute_read(struct span datagram, uint32_t at, struct stun_attribute *out)
{
	const uint8_t *p = (const uint8_t *)datagram.p + at;
	const uint32_t left = datagram.n - at;
	uint32_t size;

	if (left < STUN_ATTRIBUTE_HEAD)
		return 0;
	size = STUN_ATTRIBUTE_HEAD + (((uint32_t)octets_u16(p + 2) + 3) & ~3U);
	if (size > left)
		return 0;
	out->type = octets_u16(p);
	out->value = span_of(p + STUN_ATTRIBUTE_HEAD, octets_u16(p + 2));
	return size;
}

bool stun_fingerprint_holds(struct span datagram, uint32_t at)
{
	const uint8_t *p = (const uint8_t *)datagram.p;

	return datagram.n - at == STUN_FINGERPRINT_SIZE && octets_u16(p + at + 2) == 4 &&
	       octets_u32(p + at + STUN_ATTRIBUTE_HEAD) == (crc32(p, at) ^ STUN_FINGERPRINT_XOR);
}

void stun_head_write(struct writer *w, uint16_t type, uint32_t length, const uint8_t *transaction)
{
	writer_u16(w, type);
	writer_u16(w, (uint16_t)length);
	writer_u32(w, STUN_COOKIE);
	writer_put(w, span_of(transaction, STUN_TRANSACTION));
}

void stun_mapped_write(struct writer *w, const uint8_t *transaction, const struct addr *source)
{
	uint8_t mask[16] = { STUN_COOKIE >> 24, STUN_COOKIE >> 16 & 0xff, STUN_COOKIE >> 8 & 0xff, STUN_COOKIE & 0xff };
	const unsigned n = source->family == ADDR_V4 ? 4 : 16;

	memcpy(mask + 4, transaction, STUN_TRANSACTION);
	writer_u16(w, STUN_XOR_MAPPED_ADDRESS);
	writer_u16(w, (uint16_t)(4 + n));
	writer_u16(w, source->family == ADDR_V4 ? FAMILY_V4 : FAMILY_V6);
	writer_u16(w, source->port ^ (STUN_COOKIE >> 16));
	for (unsigned i = 0; i < n; i++)
		writer_byte(w, (char)(source->ip[i] ^ mask[i]));
}

void stun_error_write(struct writer *w, unsigned code)
{
	writer_u16(w, STUN_ERROR_CODE);
	writer_u16(w, 4);
	writer_u32(w, code / 100 << 8 | code % 100);
}

void stun_unknown_write(struct writer *w, const uint16_t *unknown, unsigned n)
{
	writer_u16(w, STUN_UNKNOWN_ATTRIBUTES);
	writer_u16(w, (uint16_t)(2 * n));
	for (unsigned i = 0; i < n; i++)
		writer_u16(w, unknown[i]);
	if (n % 2)
		writer_u16(w, 0);
}

void stun_fingerprint_write(struct writer *w, uint32_t begin)
{
	if (w->failed)
		return;
	writer_u16(w, STUN_FINGERPRINT);
	writer_u16(w, 4);
	writer_u32(w, crc32((const uint8_t *)w->p + begin, w->n - begin - 4) ^ STUN_FINGERPRINT_XOR);
}

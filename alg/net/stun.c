/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/net/stun.h"

#include <stddef.h>

#include "alg/base/octets.h"
#include "alg/net/stun_format.h"

/* Those of RFC 8489 18.3 that must be understood, ascending. We do, though in a request without authentication none of
 * them says anything. */
static const uint16_t understood[] = {
	0x0001, 0x0006, 0x0008, 0x0009, 0x000a, 0x0014, 0x0015, 0x001c, 0x001d, 0x001e, 0x0020,
};

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

static bool is_understood(uint16_t attribute)
{
	for (size_t i = 0; i < sizeof(understood) / sizeof(understood[0]); i++)
		if (understood[i] == attribute)
			return true;
	return attribute >= STUN_OPTIONAL;
}

bool stun_is(struct span datagram)
{
	const uint8_t *p = (const uint8_t *)datagram.p;

	return datagram.n >= STUN_HEADER && p[0] < 0x40 && octets_u32(p + 4) == STUN_COOKIE;
}

/* The attribute at this offset. Returns how many bytes it takes with its padding, 0 where it is cut. */
static uint32_t attribute_read(struct span datagram, uint32_t at, struct stun_request *r)
{
	const uint8_t *p = (const uint8_t *)datagram.p + at;
	uint32_t left = datagram.n - at, size;
	uint16_t type;

	if (left < 4)
		return 0;
	type = octets_u16(p);
	size = 4 + (((uint32_t)octets_u16(p + 2) + 3) & ~3U);
	if (size > left)
		return 0;
	if (!is_understood(type) && r->nunknown < STUN_UNKNOWN_MAX)
		r->unknown[r->nunknown++] = type;
	if (type != STUN_FINGERPRINT)
		return size;
	/* The last one, over all before it (14.7). */
	if (size != left || size != STUN_FINGERPRINT_SIZE ||
	    octets_u32(p + 4) != (crc32((const uint8_t *)datagram.p, at) ^ STUN_FINGERPRINT_XOR))
		return 0;
	r->fingerprint = true;
	return size;
}

int stun_request_parse(struct span datagram, struct stun_request *out)
{
	const uint8_t *p = (const uint8_t *)datagram.p;
	struct stun_request r = { 0 };
	uint32_t taken;

	if (!stun_is(datagram) || octets_u16(p) != STUN_BINDING_REQUEST || octets_u16(p + 2) % 4 ||
	    (uint32_t)octets_u16(p + 2) + STUN_HEADER != datagram.n)
		return -1;
	r.transaction = p + 8;
	for (uint32_t at = STUN_HEADER; at < datagram.n; at += taken) {
		taken = attribute_read(datagram, at, &r);
		if (taken == 0)
			return -1;
	}
	*out = r;
	return 0;
}

static void put_address(struct writer *w, const struct stun_request *r, const struct addr *source)
{
	uint8_t mask[16] = { STUN_COOKIE >> 24, STUN_COOKIE >> 16 & 0xff, STUN_COOKIE >> 8 & 0xff, STUN_COOKIE & 0xff };
	unsigned n = source->family == ADDR_V4 ? 4 : 16;

	memcpy(mask + 4, r->transaction, STUN_TRANSACTION);
	writer_u16(w, STUN_XOR_MAPPED_ADDRESS);
	writer_u16(w, (uint16_t)(4 + n));
	writer_u16(w, source->family == ADDR_V4 ? 1 : 2);
	writer_u16(w, source->port ^ (STUN_COOKIE >> 16));
	for (unsigned i = 0; i < n; i++)
		writer_byte(w, (char)(source->ip[i] ^ mask[i]));
}

/* 420 without a phrase: nobody reads it, and the answer stays small. */
static void put_unknown(struct writer *w, const struct stun_request *r)
{
	writer_u16(w, STUN_ERROR_CODE);
	writer_u16(w, 4);
	writer_u32(w, 4 << 8 | 20);
	writer_u16(w, STUN_UNKNOWN_ATTRIBUTES);
	writer_u16(w, (uint16_t)(2 * r->nunknown));
	for (unsigned i = 0; i < r->nunknown; i++)
		writer_u16(w, r->unknown[i]);
	if (r->nunknown % 2)
		writer_u16(w, 0);
}

void stun_answer(struct writer *w, const struct stun_request *r, const struct addr *source)
{
	char body[STUN_ANSWER_MAX];
	struct writer b = writer_over(body, sizeof(body));
	uint32_t begin = w->n;

	if (r->nunknown)
		put_unknown(&b, r);
	else
		put_address(&b, r, source);
	writer_u16(w, r->nunknown ? STUN_BINDING_ERROR : STUN_BINDING_SUCCESS);
	writer_u16(w, (uint16_t)(b.n + (r->fingerprint ? STUN_FINGERPRINT_SIZE : 0)));
	writer_u32(w, STUN_COOKIE);
	writer_put(w, span_of(r->transaction, STUN_TRANSACTION));
	writer_put(w, writer_done(&b));
	if (!r->fingerprint || w->failed)
		return;
	writer_u16(w, STUN_FINGERPRINT);
	writer_u16(w, 4);
	writer_u32(w, crc32((const uint8_t *)w->p + begin, w->n - begin - 4) ^ STUN_FINGERPRINT_XOR);
}

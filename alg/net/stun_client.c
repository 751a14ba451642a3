/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/net/stun_client.h"

#include "alg/base/octets.h"
#include "alg/net/stun.h"
#include "alg/net/stun_format.h"

enum { ATTRIBUTE_HEAD = 4, ADDRESS_HEAD = 4, FAMILY_V4 = 1, FAMILY_V6 = 2 };

void stun_client_ask(struct writer *w, const uint8_t id[STUN_CLIENT_ID])
{
	writer_u16(w, STUN_BINDING_REQUEST);
	writer_u16(w, 0);
	writer_u32(w, STUN_COOKIE);
	writer_put(w, span_of(id, STUN_CLIENT_ID));
}

/* MAPPED-ADDRESS or, xored with cookie and id, XOR-MAPPED-ADDRESS (14.1, 14.2). 0 or -1. */
static int address_read(struct span value, const uint8_t *mask, struct addr *out)
{
	const uint8_t *p = (const uint8_t *)value.p;
	struct addr a = { 0 };
	uint32_t n;

	if (value.n < ADDRESS_HEAD || (p[1] != FAMILY_V4 && p[1] != FAMILY_V6))
		return -1;
	n = p[1] == FAMILY_V4 ? 4 : 16;
	if (value.n != ADDRESS_HEAD + n)
		return -1;
	a.family = p[1] == FAMILY_V4 ? ADDR_V4 : ADDR_V6;
	a.port = octets_u16(p + 2);
	memcpy(a.ip, p + ADDRESS_HEAD, n);
	if (mask) {
		a.port ^= STUN_COOKIE >> 16;
		for (uint32_t i = 0; i < n; i++)
			a.ip[i] ^= mask[i];
	}
	*out = a;
	return 0;
}

/* Old servers know only the plain one, which some routers change on the way. */
int stun_client_read(struct span datagram, const uint8_t id[STUN_CLIENT_ID], struct addr *seen)
{
	const uint8_t *p = (const uint8_t *)datagram.p;
	struct addr plain = { 0 };
	uint32_t size;

	if (!stun_is(datagram) || octets_u16(p) != STUN_BINDING_SUCCESS || memcmp(p + 8, id, STUN_CLIENT_ID) != 0 ||
	    (uint32_t)octets_u16(p + 2) + STUN_HEADER != datagram.n)
		return -1;
	for (uint32_t at = STUN_HEADER; datagram.n - at >= ATTRIBUTE_HEAD; at += ATTRIBUTE_HEAD + ((size + 3) & ~3U)) {
		struct span value = { datagram.p + at + ATTRIBUTE_HEAD, size = octets_u16(p + at + 2) };

		if (((size + 3) & ~3U) > datagram.n - at - ATTRIBUTE_HEAD)
			return -1;
		if (octets_u16(p + at) == STUN_XOR_MAPPED_ADDRESS)
			return address_read(value, p + 4, seen); /* cookie and id stand side by side */
		if (octets_u16(p + at) == STUN_MAPPED_ADDRESS)
			address_read(value, NULL, &plain);
	}
	if (!addr_is_set(&plain))
		return -1;
	*seen = plain;
	return 0;
}

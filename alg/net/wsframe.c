/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/net/wsframe.h"

enum { FIN = 0x80, RSV = 0x70, OPCODE = 0x0f, MASK = 0x80, LENGTH = 0x7f, LENGTH_16 = 126, LENGTH_64 = 127 };

static uint64_t number(const uint8_t *p, uint32_t bytes)
{
	uint64_t v = 0;

	for (uint32_t i = 0; i < bytes; i++)
		v = v << 8 | p[i];
	return v;
}

static bool is_known(uint8_t opcode)
{
	return opcode <= WSFRAME_BINARY || (opcode >= WSFRAME_CLOSE && opcode <= WSFRAME_PONG);
}

enum wsframe_kind wsframe_parse(struct span received, uint32_t max, struct wsframe *out)
{
	const uint8_t *p = (const uint8_t *)received.p;
	struct wsframe f = { 0 };
	uint32_t more; /* bytes of the extended length */
	uint64_t length;

	if (received.n < 2)
		return WSFRAME_MORE;
	f.opcode = p[0] & OPCODE;
	f.final = p[0] & FIN;
	length = p[1] & LENGTH;
	if (p[0] & RSV || !is_known(f.opcode) || !(p[1] & MASK) ||
	    (wsframe_is_control(&f) && (!f.final || length > WSFRAME_CONTROL_MAX)))
		return WSFRAME_BROKEN;
	more = length == LENGTH_16 ? 2 : length == LENGTH_64 ? 8 : 0;
	f.head = 2 + more + 4;
	if (received.n < 2 + more)
		return WSFRAME_MORE;
	if (more)
		length = number(p + 2, more);
	/* The shortest form that holds it is the only one (5.2). */
	if ((more == 2 && length < LENGTH_16) || (more == 8 && (length <= UINT16_MAX || length >> 63)))
		return WSFRAME_BROKEN;
	if (length > max)
		return WSFRAME_TOO_LARGE;
	f.payload = (uint32_t)length;
	if (received.n < f.head || received.n - f.head < f.payload)
		return WSFRAME_MORE;
	memcpy(f.mask, p + f.head - 4, 4);
	*out = f;
	return WSFRAME_OK;
}

void wsframe_unmask(char *payload, uint32_t n, const uint8_t mask[4])
{
	for (uint32_t i = 0; i < n; i++)
		payload[i] = (char)(payload[i] ^ mask[i % 4]);
}

uint32_t wsframe_write_head(char *to, enum wsframe_opcode opcode, uint32_t payload)
{
	uint32_t more = payload < LENGTH_16 ? 0 : payload <= UINT16_MAX ? 2 : 8;

	to[0] = (char)(FIN | opcode);
	to[1] = (char)(more == 0 ? payload : more == 2 ? LENGTH_16 : LENGTH_64);
	for (uint32_t i = 0; i < more; i++)
		to[2 + i] = (char)((uint64_t)payload >> 8 * (more - 1 - i));
	return 2 + more;
}

/* Bytes of the character at the front, as RFC 3629 has them; 0: none. */
static uint32_t character(const uint8_t *p, uint32_t n)
{
	static const struct {
		uint8_t first, last; /* the first byte */
		uint8_t length;
		uint8_t second_first, second_last; /* the second: no longer forms, surrogates, or what is beyond */
	} shapes[] = {
		{ 0x00, 0x7f, 1, 0x00, 0xff }, { 0xc2, 0xdf, 2, 0x80, 0xbf }, { 0xe0, 0xe0, 3, 0xa0, 0xbf },
		{ 0xe1, 0xec, 3, 0x80, 0xbf }, { 0xed, 0xed, 3, 0x80, 0x9f }, { 0xee, 0xef, 3, 0x80, 0xbf },
		{ 0xf0, 0xf0, 4, 0x90, 0xbf }, { 0xf1, 0xf3, 4, 0x80, 0xbf }, { 0xf4, 0xf4, 4, 0x80, 0x8f },
	};

	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		if (p[0] < shapes[i].first || p[0] > shapes[i].last)
			continue;
		if (n < shapes[i].length ||
		    (shapes[i].length > 1 && (p[1] < shapes[i].second_first || p[1] > shapes[i].second_last)))
			return 0;
		for (uint32_t k = 2; k < shapes[i].length; k++)
			if ((p[k] & 0xc0) != 0x80)
				return 0;
		return shapes[i].length;
	}
	return 0;
}

bool wsframe_is_text(struct span s)
{
	uint32_t n;

	for (uint32_t at = 0; at < s.n; at += n) {
		n = character((const uint8_t *)s.p + at, s.n - at);
		if (n == 0)
			return false;
	}
	return true;
}

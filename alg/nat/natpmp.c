/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/nat/natpmp.h"

#include <netinet/in.h>

#include "alg/base/octets.h"

enum { VERSION = 0, IS_ANSWER = 0x80, PUBLIC = 0, MAP_UDP = 1, MAP_TCP = 2 };

enum { HEAD = 8, PUBLIC_SIZE = 12, MAP_SIZE = 16 /* bytes of answers; a refusal may end behind its head */ };

void natpmp_public_write(struct writer *w)
{
	writer_byte(w, VERSION);
	writer_byte(w, PUBLIC);
}

void natpmp_map_write(struct writer *w, uint8_t protocol, uint16_t port, uint16_t wanted, uint32_t lifetime_s)
{
	writer_byte(w, VERSION);
	writer_byte(w, protocol == IPPROTO_TCP ? MAP_TCP : MAP_UDP);
	writer_u16(w, 0);
	writer_u16(w, port);
	/* What takes it back names no outside port (RFC 6886 3.4). */
	writer_u16(w, lifetime_s ? wanted : 0);
	writer_u32(w, lifetime_s);
}

static int public_read(const uint8_t *p, uint32_t n, struct natpmp_answer *a)
{
	a->kind = NATPMP_PUBLIC;
	if (a->result != NATPMP_SUCCESS)
		return 0;
	if (n < PUBLIC_SIZE)
		return -1;
	a->outside.family = ADDR_V4;
	memcpy(a->outside.ip, p + HEAD, 4);
	return 0;
}

static int map_read(const uint8_t *p, uint32_t n, struct natpmp_answer *a)
{
	a->kind = NATPMP_MAP;
	if (n < MAP_SIZE)
		return -1;
	a->port = octets_u16(p + HEAD);
	a->outside_port = octets_u16(p + HEAD + 2);
	a->lifetime_s = octets_u32(p + HEAD + 4);
	return 0;
}

int natpmp_answer_read(struct span datagram, struct natpmp_answer *out)
{
	const uint8_t *p = (const uint8_t *)datagram.p;
	struct natpmp_answer a = { 0 };
	int failed;

	/* Who speaks NAT-PMP alone answers PCP with his own version, and the operation he was asked for (RFC 6886 3.5).
	 */
	if (datagram.n < HEAD || p[0] != VERSION || !(p[1] & IS_ANSWER))
		return -1;
	a.result = octets_u16(p + 2);
	a.epoch_s = octets_u32(p + 4);
	a.protocol = p[1] == (IS_ANSWER | MAP_TCP) ? IPPROTO_TCP : IPPROTO_UDP;
	if (a.result == NATPMP_UNSUPP_VERSION)
		a.kind = NATPMP_UNSUPPORTED, failed = 0;
	else if (p[1] == (IS_ANSWER | PUBLIC))
		failed = public_read(p, datagram.n, &a);
	else if (p[1] == (IS_ANSWER | MAP_UDP) || p[1] == (IS_ANSWER | MAP_TCP))
		failed = map_read(p, datagram.n, &a);
	else
		failed = -1;
	if (failed)
		return -1;
	*out = a;
	return 0;
}

const char *natpmp_result_text(unsigned result)
{
	static const char *const texts[] = {
		"granted",
		"it speaks another version of the protocol",
		"it does not allow that",
		"its own way out is down",
		"it has no room for more",
		"it maps no ports",
	};

	return result < sizeof(texts) / sizeof(*texts) ? texts[result] : "for a reason that is not known here";
}

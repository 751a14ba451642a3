/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/nat/pcp.h"

#include "alg/base/octets.h"

enum { VERSION = 2, MAP = 1, IS_ANSWER = 0x80, PREFER_FAILURE = 2 };

enum {
	HEAD = 24,          /* bytes of any request or answer */
	MAP_SIZE = 36,      /* bytes of MAP's own part */
	DATAGRAM_MAX = 1100 /* RFC 6887 7 */
};

/* IPv4 stands as ::ffff:a.b.c.d; no address of IPv4 as ::ffff:0.0.0.0 (5). */
static void put_address(struct writer *w, const struct addr *a)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (a->family == ADDR_V6) {
		writer_put(w, span_of(a->ip, 16));
		return;
	}
	writer_put(w, span_of(mapped, sizeof(mapped)));
	writer_put(w, span_of(a->ip, 4));
}

void pcp_map_write(struct writer *w, const struct addr *client, const struct pcp_map *m, bool exact)
{
	struct addr wanted = m->outside;

	wanted.family = client->family;
	writer_byte(w, VERSION);
	writer_byte(w, MAP);
	writer_u16(w, 0);
	writer_u32(w, m->lifetime_s);
	put_address(w, client);
	writer_put(w, span_of(m->nonce, PCP_NONCE));
	writer_byte(w, (char)m->protocol);
	writer_byte(w, 0);
	writer_u16(w, 0);
	writer_u16(w, m->port);
	writer_u16(w, m->outside.port);
	put_address(w, &wanted);
	/* Not in what takes a mapping back: there is nothing to be wanted then (13.2). */
	if (exact && m->lifetime_s) {
		writer_byte(w, PREFER_FAILURE);
		writer_byte(w, 0);
		writer_u16(w, 0);
	}
}

int pcp_answer_read(struct span datagram, struct pcp_answer *out)
{
	const uint8_t *p = (const uint8_t *)datagram.p, *map = p + HEAD;
	struct pcp_answer a = { 0 };

	if (datagram.n < HEAD + MAP_SIZE || datagram.n > DATAGRAM_MAX || datagram.n % 4 || p[0] != VERSION ||
	    p[1] != (IS_ANSWER | MAP))
		return -1;
	a.result = p[3];
	a.map.lifetime_s = octets_u32(p + 4);
	a.epoch_s = octets_u32(p + 8);
	memcpy(a.map.nonce, map, PCP_NONCE);
	a.map.protocol = map[12];
	a.map.port = octets_u16(map + 16);
	a.map.outside.family = ADDR_V6;
	memcpy(a.map.outside.ip, map + 20, 16);
	a.map.outside = addr_unmap(&a.map.outside);
	a.map.outside.port = octets_u16(map + 18);
	*out = a;
	return 0;
}

const char *pcp_result_text(unsigned result)
{
	static const char *const texts[PCP_RESULT_N] = {
		[PCP_SUCCESS] = "granted",
		[PCP_UNSUPP_VERSION] = "it speaks another version of the protocol",
		[PCP_NOT_AUTHORIZED] = "it does not allow that",
		[PCP_MALFORMED_REQUEST] = "it does not understand the request",
		[PCP_UNSUPP_OPCODE] = "it maps no ports",
		[PCP_UNSUPP_OPTION] = "it can't promise a certain port",
		[PCP_MALFORMED_OPTION] = "it does not understand the option",
		[PCP_NETWORK_FAILURE] = "its own way out is down",
		[PCP_NO_RESOURCES] = "it has no room for more",
		[PCP_UNSUPP_PROTOCOL] = "it does not map that transport",
		[PCP_USER_EX_QUOTA] = "we have as many as it grants us",
		[PCP_CANNOT_PROVIDE_EXTERNAL] = "that port is somebody else's there",
		[PCP_ADDRESS_MISMATCH] = "there is another NAT between it and us",
		[PCP_EXCESSIVE_REMOTE_PEERS] = "too many peers",
	};

	return result < PCP_RESULT_N ? texts[result] : "for a reason that is not known here";
}

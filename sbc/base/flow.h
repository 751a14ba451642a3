/* SPDX-License-Identifier: BSD-3-Clause */
/* flow.h: where a SIP peer really is: our listener and the address or connection that its bytes come from (RFC 5626 3).
 */
#ifndef NATSBC_SBC_FLOW_H
#define NATSBC_SBC_FLOW_H

#include "alg/base/addr.h"
#include "alg/conf/config.h"

struct flow {
	struct addr peer;  /* address and port the peer sends from, or is to be reached at */
	uint8_t realm;     /* index in the configuration */
	uint8_t listen;    /* index in the realm's listen list: where it came in, or whose port we name as ours */
	uint8_t transport; /* enum conf_transport */
	uint16_t trunk;    /* TLS: number + 1 of the trunk that the peer's certificate proved, or must prove; 0: none */
	/* Streams: the connection, by a number that is never used twice; 0: any to that peer, opened where there is
	 * none. */
	uint32_t connection;
};

static inline bool flow_is_stream(const struct flow *f)
{
	return f->transport != CONF_UDP;
}

static inline bool flow_eq(const struct flow *a, const struct flow *b)
{
	if (a->connection || b->connection)
		return a->connection == b->connection;
	return a->realm == b->realm && a->listen == b->listen && a->transport == b->transport &&
	       addr_eq(&a->peer, &b->peer);
}

#endif

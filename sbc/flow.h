/* SPDX-License-Identifier: BSD-3-Clause */
/* flow.h: where a SIP peer really is: our listener and the address its bytes come from (RFC 5626 3). */
#ifndef NATSBC_SBC_FLOW_H
#define NATSBC_SBC_FLOW_H

#include "alg/base/addr.h"
#include "alg/conf/config.h"

struct flow {
	struct addr peer; /* address and port the peer sends from */
	uint8_t realm;    /* index in the configuration */
	uint8_t listen;   /* index in the realm's listen list */
};

static inline bool flow_eq(const struct flow *a, const struct flow *b)
{
	return a->realm == b->realm && a->listen == b->listen && addr_eq(&a->peer, &b->peer);
}

#endif

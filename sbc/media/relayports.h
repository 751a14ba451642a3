/* SPDX-License-Identifier: BSD-3-Clause */
/* relayports.h: the media ports that the relay has open, for which call, and who may send there: as it tells. */
#ifndef NATSBC_SBC_RELAYPORTS_H
#define NATSBC_SBC_RELAYPORTS_H

#include "sbc/media/relaylink.h"

enum { RELAYPORTS_REFUSED = 4 };

struct relayport {
	struct span call_id, owner;
	bool ended; /* its call is over, the port closes soon */
	bool rtcp;
	uint8_t realm;
	struct addr ours;    /* the realm's address */
	struct addr said;    /* where the other side says it is */
	struct addr latched; /* the only one that may send there; ADDR_NONE: not learnt yet */
	uint64_t packets, bytes, refused;
	int64_t last_packet;                          /* seconds since 1970; 0: none yet */
	struct addr refused_from[RELAYPORTS_REFUSED]; /* the latest first */
	unsigned nrefused_from;
};

/* What is to be told: all but `after` may be absent. */
struct relayports_question {
	struct span call_id; /* of this call only */
	uint16_t port;       /* this one only, of whoever's calls */
	uint32_t after;      /* the page behind; 0: the first */
};

/* False where the relay cannot be asked: done is not called. */
bool relayports_ask(struct relaylink *r, const struct relayports_question *q, relaylink_done_fn *done, void *user,
		    struct relaylink_wait **list);

typedef void relayports_each_fn(void *ctx, const struct relayport *p);

/* The ports in the answer's dictionary; what is told otherwise than it should be is passed over. Returns what the next
 * page is behind; 0: there is none. */
uint32_t relayports_read(const struct config *conf, struct span answer, relayports_each_fn *each, void *ctx);

#endif

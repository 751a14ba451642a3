/* SPDX-License-Identifier: BSD-3-Clause */
/* mappinghold.h: what the relay answers is held back until the router above us leads the call's ports here, though not
 * for long: whoever is told of them sends at once, and the router drops what comes too early. */
#ifndef NATSBC_SBC_MAPPINGHOLD_H
#define NATSBC_SBC_MAPPINGHOLD_H

#include "sbc/call/call.h"
#include "sbc/media/relaylink.h"

struct engine;

enum { MAPPINGHOLD_MS = 150, MAPPINGHOLD_WARN_MS = 10000 };

/* Answers that are held back, the oldest first. */
struct mappinghold {
	struct relaylink_wait *first;
	uint64_t warned; /* ms: the last line about one that went on without; 0: none */
};

/* The answer to w names ports of the call in `realm`: it is held back where a router has to open them, and does. */
void mappinghold_want(struct engine *e, const struct call *c, unsigned realm, struct relaylink_wait *w);

/* All ports of that call that the relay told of are mapped, or will not be. */
void mappinghold_settled(struct engine *e, const struct call *c);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* why.h: why was this packet dropped? What each gate on its way would say to it, in plain words. */
#ifndef NATSBC_SBC_WHY_H
#define NATSBC_SBC_WHY_H

#include <jansson.h>

#include "sbc/engine/engine.h"
#include "sbc/media/relayports.h"

struct why {
	struct engine *engine;
	struct addr from; /* port 0: any */
	struct addr to;
	uint8_t protocol; /* IPPROTO_UDP, IPPROTO_TCP */
	json_t *findings; /* a list; owned until why_done */
	bool drops;       /* one of them is a reason */
	bool found;       /* the relay has the port */
	int realm;        /* whose address it goes to; -1: none */
};

/* What can be told without the relay. True: it is to be asked about port to.port, and why_port told of each port that
 * it names; then why_relay of whether it answered. */
bool why_begin(struct why *w);
void why_port(void *ctx, const struct relayport *p);
void why_relay(struct why *w, bool answered);

/* ----- for what looks at a gate ----- */

enum why_effect { WHY_PASSES, WHY_DROPS };

/* what: a word for programs, the rest for people. */
void why_say(struct why *w, enum why_effect effect, const char *what, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Who sent it, with the port where that is known. */
const char *why_source(const struct why *w, char text[ADDR_TEXT_MAX]);

/* {from, to, protocol, dropped, findings}; the caller owns it. */
json_t *why_done(struct why *w);

#endif

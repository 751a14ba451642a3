/* SPDX-License-Identifier: BSD-3-Clause */
/* callholes.h: the media ports of calls as pinholes in nftables, where pinholes.calls is "always", and as ports of the
 * router above us, where a realm's public address is "auto": the relay tells which ports it has for a call and whom it
 * has learnt there; each is opened, narrowed to that peer, kept while the call goes on, and closed with it. */
#ifndef NATSBC_SBC_CALLHOLES_H
#define NATSBC_SBC_CALLHOLES_H

#include "sbc/engine/engine.h"

enum {
	CALLHOLES_SOON_MS = 250, /* from the first look to the second; then twice as long each time */
	CALLHOLES_OFTEN = 3,     /* so many looks at least before a pinhole falls silent */
};

/* The relay was asked something that may change its ports for the call: they are looked at. */
void callholes_look(struct engine *e, struct call *c);

/* Each has the media of the other from now on. */
void callholes_swap(struct call *a, struct call *b);

/* Its media is over. */
void callholes_end(struct engine *e, struct call *c);

#endif

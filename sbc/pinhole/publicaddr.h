/* SPDX-License-Identifier: BSD-3-Clause */
/* publicaddr.h: where realms whose public address is "auto" are seen from outside: the router above says (PCP, asked
 * by sbc-firewall), or else a STUN server; else it is the realm's own address. */
#ifndef NATSBC_SBC_PUBLICADDR_H
#define NATSBC_SBC_PUBLICADDR_H

#include "alg/conf/config.h"
#include "sbc/base/log.h"

enum { PUBLICADDR_ROUTER_MS = 2500, PUBLICADDR_STUN_MS = 500, PUBLICADDR_STUN_TRIES = 3 };

/* Fills in `public` of these realms, and logs what was found and how. Waits for answers: for before anything else is
 * done. */
void publicaddr_find(struct config *c, const struct log *log);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* pinholelist.h: all pinholes for the management interface: the relay's own ports, and those in nftables. */
#ifndef NATSBC_SBC_PINHOLELIST_H
#define NATSBC_SBC_PINHOLELIST_H

#include <jansson.h>

#include "sbc/api/apiwait.h"
#include "sbc/engine/engine.h"

enum { PINHOLELIST_LIMIT = 1000, PINHOLELIST_MOST = 100000 };

/* GET /pinholes?call=ID&limit=N. Waits on the list for what the relay and the firewall say. */
void pinholelist_get(struct engine *e, struct apiwait **waits, struct evhttp_request *req);

/* One in nftables; the caller owns it. */
json_t *pinholelist_row(const struct engine *e, const struct firewall_hole *h, const char *state);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* pinholeapi.h: pinholes in the management interface: the relay's own ports, and those in nftables. */
#ifndef NATSBC_SBC_PINHOLEAPI_H
#define NATSBC_SBC_PINHOLEAPI_H

#include "sbc/apiwait.h"
#include "sbc/engine.h"

enum { PINHOLEAPI_LIMIT = 1000, PINHOLEAPI_MOST = 100000 };

/* GET /pinholes?call=ID&limit=N. Waits on the list for what the relay and the firewall say. */
void pinholeapi_list(struct engine *e, struct apiwait **waits, struct evhttp_request *req);

#endif

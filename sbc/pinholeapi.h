/* SPDX-License-Identifier: BSD-3-Clause */
/* pinholeapi.h: pinholes in the management interface: the relay's own ports, and those in nftables. */
#ifndef NATSBC_SBC_PINHOLEAPI_H
#define NATSBC_SBC_PINHOLEAPI_H

#include "sbc/apiwait.h"
#include "sbc/engine.h"

enum { PINHOLEAPI_LIMIT = 1000, PINHOLEAPI_MOST = 100000 };

/* GET /pinholes?call=ID&limit=N. Waits on the list for what the relay and the firewall say. */
void pinholeapi_list(struct engine *e, struct apiwait **waits, struct evhttp_request *req);

/* POST /pinholes?ours=IP:PORT&for=10m, with protocol=udp or tcp, peer=IP or IP:PORT, direction=in or forward. */
void pinholeapi_open(struct engine *e, struct evhttp_request *req);

/* DELETE /pinholes/{id}: one that was opened by hand. */
void pinholeapi_close(struct engine *e, struct evhttp_request *req, struct span id);

/* GET /why?from=IP[:PORT]&to=IP:PORT&protocol=udp: why was this packet dropped? Waits for what the relay says. */
void pinholeapi_why(struct engine *e, struct apiwait **waits, struct evhttp_request *req);

#endif

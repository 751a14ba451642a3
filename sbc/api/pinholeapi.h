/* SPDX-License-Identifier: BSD-3-Clause */
/* pinholeapi.h: pinholes by hand, over the management interface. */
#ifndef NATSBC_SBC_PINHOLEAPI_H
#define NATSBC_SBC_PINHOLEAPI_H

#include <event2/http.h>

#include "sbc/engine/engine.h"

/* POST /pinholes?ours=IP:PORT&for=10m, with protocol=udp or tcp, peer=IP or IP:PORT, direction=in or forward. */
void pinholeapi_open(struct engine *e, struct evhttp_request *req);

/* DELETE /pinholes/{id}: one that was opened by hand. */
void pinholeapi_close(struct engine *e, struct evhttp_request *req, struct span id);

#endif

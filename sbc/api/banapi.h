/* SPDX-License-Identifier: BSD-3-Clause */
/* banapi.h: bans in the management interface. */
#ifndef NATSBC_SBC_BANAPI_H
#define NATSBC_SBC_BANAPI_H

#include <event2/http.h>

#include "sbc/engine/engine.h"

/* GET /bans: who is banned, why, and how long still. */
void banapi_list(struct engine *e, struct evhttp_request *req);

/* POST /bans/{network}?for=1h: by hand. The slash in a network is written %2F. */
void banapi_add(struct engine *e, struct evhttp_request *req, struct span network);

/* DELETE /bans/{network} */
void banapi_lift(struct engine *e, struct evhttp_request *req, struct span network);

/* POST /bans/{network}/allow: the ban is lifted, and there is none any more while this program runs. */
void banapi_allow(struct engine *e, struct evhttp_request *req, struct span network);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* whyapi.h: the question why a packet was dropped, over the management interface. */
#ifndef NATSBC_SBC_WHYAPI_H
#define NATSBC_SBC_WHYAPI_H

#include "sbc/api/apiwait.h"
#include "sbc/engine/engine.h"

/* GET /why?from=IP[:PORT]&to=IP:PORT&protocol=udp. Waits on the list for what the relay says. */
void whyapi_get(struct engine *e, struct apiwait **waits, struct evhttp_request *req);

#endif

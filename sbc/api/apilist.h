/* SPDX-License-Identifier: BSD-3-Clause */
/* apilist.h: the answers that may be long: all calls, all registrations. They are made a part in each turn of the loop,
 * so that calls go on meanwhile: a row is as it is when its turn comes, and what ends before that is left out. */
#ifndef NATSBC_SBC_APILIST_H
#define NATSBC_SBC_APILIST_H

#include "sbc/api/apiwait.h"
#include "sbc/loop/loop.h"

enum { APILIST_ROWS = 128 /* in one turn: a millisecond or two */ };

void apilist_calls(struct loop *loop, struct apiwait **waits, struct evhttp_request *req);
void apilist_registrations(struct loop *loop, struct apiwait **waits, struct evhttp_request *req);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* firewallsock.h: the connection to the firewall program: a unix socket of whole packets, opened again each second. */
#ifndef NATSBC_SBC_FIREWALLSOCK_H
#define NATSBC_SBC_FIREWALLSOCK_H

#include <event2/event.h>

#include "sbc/engine/engine.h"

struct firewallsock;

enum { FIREWALLSOCK_AGAIN_MS = 1000 };

/* Looks for it at once, and later on: that it is not there is no error. Nothing is called before _start. path is
 * borrowed. NULL without memory. */
struct firewallsock *firewallsock_new(struct event_base *base, const char *path, uint64_t (*clock)(void));
/* From now on the engine's link is told what comes. 0 or -1. */
int firewallsock_start(struct firewallsock *s, struct engine *e);
void firewallsock_free(struct firewallsock *s);

/* struct outside's firewall. False: it takes no more now; it is told when it does. */
bool firewallsock_send(struct firewallsock *s, struct span packet);

#endif

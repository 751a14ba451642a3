/* SPDX-License-Identifier: BSD-3-Clause */
/* stun_client.h: asking a STUN server which address we are seen at (RFC 8489): a Binding request and what answers it.
 */
#ifndef NATSBC_NET_STUN_CLIENT_H
#define NATSBC_NET_STUN_CLIENT_H

#include "alg/base/addr.h"

enum { STUN_CLIENT_ID = 12 /* bytes, random */ };

void stun_client_ask(struct writer *w, const uint8_t id[STUN_CLIENT_ID]);

/* 0: *seen is where the server saw the request with that id come from. -1: it is no answer to it. */
int stun_client_read(struct span datagram, const uint8_t id[STUN_CLIENT_ID], struct addr *seen);

#endif

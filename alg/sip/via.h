/* SPDX-License-Identifier: BSD-3-Clause */
/* via.h: one Via header value (RFC 3261 20.42, RFC 3581). */
#ifndef NATSBC_SIP_VIA_H
#define NATSBC_SIP_VIA_H

#include "alg/base/span.h"

struct via {
	struct span transport; /* UDP, TCP, TLS, WS, … as sent */
	struct span sent_by;   /* host[:port] */
	struct span host;      /* IPv6 in brackets */
	uint16_t port;         /* 0 when absent */
	struct span params;    /* from the first ';' */
	struct span branch;    /* absent in RFC 2543 messages */
	struct span received;  /* absent where none; RFC 5118 4.5: brackets around IPv6 tolerated and kept */
	struct span rport;     /* absent: none; empty: asked for; else as given */
};

int via_parse(struct span s, struct via *out);

/* The branch begins with the magic cookie and has more (RFC 3261 8.1.1.7). */
bool via_has_cookie(const struct via *v);

#endif

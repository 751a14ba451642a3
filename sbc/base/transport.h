/* SPDX-License-Identifier: BSD-3-Clause */
/* transport.h: what SIP calls its transports, and how they differ (RFC 3261 18, RFC 7118). */
#ifndef NATSBC_SBC_TRANSPORT_H
#define NATSBC_SBC_TRANSPORT_H

#include "alg/base/span.h"
#include "alg/conf/config.h"

struct transport {
	struct span via;   /* in a Via: "TLS" */
	struct span param; /* of a URI: ";transport=tls"; absent for UDP, which is the default */
	uint16_t port;     /* where nothing else is said */
	bool secure;
};

const struct transport *transport_info(enum conf_transport t);

/* Our listener of that transport in the realm, or -1. */
int transport_listener(const struct conf_realm *realm, enum conf_transport t);

#endif

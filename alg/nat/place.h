/* SPDX-License-Identifier: BSD-3-Clause */
/* place.h: where a peer really is: is the address that it gives for itself the one that its bytes come from?
 * Only the source counts. What a peer says is compared with it, and never followed: a response goes to the source of
 * its request, with or without rport (RFC 3581 4), a request to a phone behind NAT along its flow (RFC 5626 5.3). */
#ifndef NATSBC_NAT_PLACE_H
#define NATSBC_NAT_PLACE_H

#include "alg/base/addr.h"
#include "alg/sip/uri.h"
#include "alg/sip/via.h"

enum place {
	PLACE_HERE,       /* it is the source */
	PLACE_OTHER_PORT, /* the host is the source's, the port is not: of a NAT, or of a socket that only sends */
	PLACE_OTHER_HOST, /* behind NAT, or somebody else's address */
	PLACE_UNKNOWN,    /* a name, or no host's address at all: nobody looked whose it is */
};

/* Over a connection a peer's port is any; so is that of media, which has sockets of its own. */
enum place_port { PLACE_PORT_COUNTS, PLACE_PORT_ANY };

/* said: as in a c= or a candidate; family ADDR_NONE where it was a name. IPv4 in IPv6 is IPv4. */
enum place place_of(const struct addr *said, const struct addr *source, enum place_port port);

/* A Contact; without a port it means 5060. */
enum place place_of_contact(const struct uri *contact, const struct addr *source, enum place_port port);

/* The sent-by of a top Via; received and rport in it are what the peer wrote there, and count for nothing. */
enum place place_of_via(const struct via *via, const struct addr *source, enum place_port port);

#endif

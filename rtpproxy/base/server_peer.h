/* SPDX-License-Identifier: BSD-3-Clause */
/* server_peer.h: who sent a control datagram: one of our sockets, and the address to answer to. */
#ifndef NATSBC_RTPPROXY_SERVER_PEER_H
#define NATSBC_RTPPROXY_SERVER_PEER_H

#include <sys/socket.h>

#include "alg/base/span.h"

/* All bytes that are not in use are zero. */
struct server_peer {
	uint8_t socket; /* index in relay.ng of the configuration */
	socklen_t len;  /* of address; 0: nobody, cannot be answered */
	struct sockaddr_storage address;
};

/* The address as bytes, to tell peers apart; borrows p. */
static inline struct span server_peer_bytes(const struct server_peer *p)
{
	return span_of(&p->address, p->len);
}

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* relaysock.h: the datagram socket towards the media relay: unix or UDP, as relay.ng says. */
#ifndef NATSBC_SBC_RELAYSOCK_H
#define NATSBC_SBC_RELAYSOCK_H

#include "alg/conf/config.h"

struct relaysock {
	const char *where; /* "unix:/path" or "udp:host:port" */
	int fd;
	bool connected;
	char *in; /* room for a batch of datagrams */
};

/* Opens the socket; that the relay is not there yet is no error: each send tries again. 0, or -1 with the reason. */
int relaysock_open(struct relaysock *r, const char *where, char *error, uint32_t error_size);
void relaysock_close(struct relaysock *r);

/* False when the relay is not reachable now. */
bool relaysock_send(struct relaysock *r, struct span datagram);

typedef void relaysock_received_fn(void *ctx, struct span datagram);

/* Reads what is there, at most a batch: the socket stays readable when there is more. */
void relaysock_read(struct relaysock *r, relaysock_received_fn *received, void *ctx);

#endif

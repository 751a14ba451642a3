/* SPDX-License-Identifier: BSD-3-Clause */
/* relaysock.h: the datagram socket towards the media relay: unix or UDP, as relay.ng says. */
#ifndef NATSBC_SBC_RELAYSOCK_H
#define NATSBC_SBC_RELAYSOCK_H

#include "alg/conf/config.h"

enum { RELAYSOCK_QUEUE = 512, RELAYSOCK_QUEUE_BYTES = 1024 * 1024 };

struct relaysock {
	const char *where; /* "unix:/path" or "udp:host:port" */
	int fd;
	bool connected, met; /* met: somebody was there once */
	bool another;        /* and now it is another */
	bool urgent;         /* something queued can't wait */
	bool gathers;        /* what is queued goes in as few datagrams as hold it: the relay is of this machine */
	char *in;            /* room for a batch of datagrams */
	char *out;
	unsigned nqueued, nsent;       /* those before nsent are sent */
	uint32_t end[RELAYSOCK_QUEUE]; /* of each queued one in out, where its head comes before it */
};

/* Opens the socket; that the relay is not there yet is no error: each send tries again. 0, or -1 with the reason. */
int relaysock_open(struct relaysock *r, const char *where, char *error, uint32_t error_size);
void relaysock_close(struct relaysock *r);

/* Queues a copy: all of a turn go out at once, and wake the relay once. False where there is no room. */
bool relaysock_send(struct relaysock *r, struct span datagram);

/* The same for what may wait until something urgent goes out, in their order. */
bool relaysock_send_later(struct relaysock *r, struct span datagram);

/* Sends what is queued. True where nothing is left: all was sent, or is lost because nobody is there (who asks asks
 * again). False: the relay has not read what it has; flush again when the socket can be written to. */
bool relaysock_flush(struct relaysock *r);

/* Since the last time it was asked, the relay has become another one; what was queued for it is lost. */
bool relaysock_is_another(struct relaysock *r);

typedef void relaysock_received_fn(void *ctx, struct span datagram);

/* Reads what is there, at most a batch: the socket stays readable when there is more. How many datagrams there were;
 * what came gathered is told one by one. */
unsigned relaysock_read(struct relaysock *r, relaysock_received_fn *received, void *ctx);

#endif

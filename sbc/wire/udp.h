/* SPDX-License-Identifier: BSD-3-Clause */
/* udp.h: the SIP sockets over UDP, read and written in batches. */
#ifndef NATSBC_SBC_UDP_H
#define NATSBC_SBC_UDP_H

#include "sbc/base/flow.h"

struct udp;

typedef void udp_received_fn(void *ctx, const struct flow *from, struct span bytes);

/* Binds every UDP listener of the configuration. NULL with the reason in error. Caller closes with udp_close(). */
struct udp *udp_open(const struct config *conf, char *error, uint32_t error_size);
void udp_close(struct udp *u);

/* The sockets, to be put into the caller's loop: their number, and one of them. */
unsigned udp_count(const struct udp *u);
int udp_fd(const struct udp *u, unsigned i);

/* Reads what is there on socket i, at most a batch: the socket stays readable when there is more. True when there may
 * be. */
bool udp_read(struct udp *u, unsigned i, udp_received_fn *received, void *ctx);

/* Queues a copy; a full queue is flushed first. False when no listener of ours fits. */
bool udp_send(struct udp *u, const struct flow *to, struct span bytes);

/* Sends what is queued. Returns how many datagrams the kernel did not take: they are lost, as on any network. */
unsigned udp_flush(struct udp *u);

#endif

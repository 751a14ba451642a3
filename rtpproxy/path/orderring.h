/* SPDX-License-Identifier: BSD-3-Clause */
/* orderring.h: the ring by which control tells a worker. An order takes as much of it as its kind needs: most are a few
 * bytes, and each line of the ring that is written was last used long ago. */
#ifndef NATSBC_RTPPROXY_ORDERRING_H
#define NATSBC_RTPPROXY_ORDERRING_H

#include "rtpproxy/path/order.h"

struct rte_ring;

/* Units that may wait: more than 16,000 of the longest orders. */
enum { ORDERRING_UNITS = 128 * 1024 };

/* How many units an order of this kind (enum order_kind) takes. */
unsigned orderring_units(uint32_t kind);

/* One writer, one reader. The reader's number is part of its name. NULL without memory. */
struct rte_ring *orderring_open(unsigned number);
void orderring_close(struct rte_ring *ring);

/* Control's end. 0, or -1 when there is no room: nothing is written. */
int orderring_post(struct rte_ring *ring, const struct order *o);

/* The worker's end. Of out only what its kind has is written. False when there is none. */
bool orderring_take(struct rte_ring *ring, struct order *out);

#endif

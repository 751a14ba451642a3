/* SPDX-License-Identifier: BSD-3-Clause */
/* pool.h: memory for packets: one piece, packets packed one after the other. */
#ifndef NATSBC_RTPPROXY_POOL_H
#define NATSBC_RTPPROXY_POOL_H

#include <rte_mempool.h>

/* Room for n packets, in huge pages where the kernel has some. DPDK's own way, without huge pages, gives each packet a
 * 4 KiB page: all headers then fall into the same few lines of the cache. Not for devices that read memory themselves.
 * NULL without memory. */
struct rte_mempool *pool_create(const char *name, unsigned n);

#endif

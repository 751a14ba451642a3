/* SPDX-License-Identifier: BSD-3-Clause */
/* nics.h: which interfaces media goes through, and opening all of them. */
#ifndef NATSBC_RTPPROXY_NICS_H
#define NATSBC_RTPPROXY_NICS_H

#include "alg/conf/config.h"
#include "rtpproxy/net/netview.h"
#include "rtpproxy/path/nic.h"
#include "rtpproxy/path/plane.h"

enum { NICS_MAX = CONF_REALM_MAX + 2 }; /* and lo, and the kernel's end of a device */

/* One interface to be opened, and the media that may come in by it. */
struct nics_want {
	char interface[IF_NAMESIZE];
	struct media_ranges ranges;
};

struct nics {
	struct nics_want want[NICS_MAX];
	unsigned nwant;
	struct nic open[NICS_MAX];
	unsigned nopen;
	unsigned workers;                /* that divide their queues */
	unsigned lo;                     /* its number */
	struct rte_mempool *pool;        /* for the kernel's interfaces */
	struct rte_mempool *device_pool; /* for a device of DPDK's, from its own memory */
};

/* Each interface that holds a realm's address, and lo for peers on this host. 0, or -1 with the reason in error. */
int nics_plan(struct nics *n, const struct config *c, struct netview *v, char *error, size_t error_size);

/* Memory that DPDK needs for what relay.port says. */
unsigned nics_megabytes(const struct config *c);

/* Opens them as relay.port says; by itself it takes AF_XDP, else packet sockets. lo may fail: peers on this host are
 * not served then. 0, or -1 with the reason in error. */
int nics_open(struct nics *n, const struct config *c, plane_log_fn *log, void *log_ctx, char *error, size_t error_size);
void nics_close(struct nics *n);

/* Device and kernel's end, where a device of DPDK's serves all realms. */
enum { NICS_DEVICE, NICS_KERNEL };
bool nics_has_device(const struct nics *n);

/* Index of the interface by which packets leave, or -1. */
int nics_find(const struct nics *n, unsigned ifindex);

/* Opens or closes a media port wherever packets to it may come in. A device of DPDK's has the flow table alone. */
void nics_open_port(struct nics *n, const struct addr *own, bool open);

/* Bans whom from all media ports, or no longer. Where a kernel program stands before them. 0; -1 where one of these has
 * no room. */
int nics_ban(struct nics *n, const struct prefix *whom, bool banned);

/* What kernel programs have dropped so far, of all interfaces. */
void nics_dropped(const struct nics *n, uint64_t counts[MEDIA_DROP_N]);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* nic.h: a network interface that media goes through, opened as a DPDK port. */
#ifndef NATSBC_RTPPROXY_NIC_H
#define NATSBC_RTPPROXY_NIC_H

#include <net/if.h>
#include <rte_mempool.h>

#include "rtpproxy/path/hide.h"

enum {
	NIC_QUEUE_MAX = 16,
	NIC_QUEUE_MBUFS = 5120, /* 2048 with the kernel to receive, 2048 to send, and what is in hand */
};

enum nic_kind { NIC_AF_XDP, NIC_AF_PACKET, NIC_DEVICE, NIC_KERNEL, NIC_KIND_N };

struct nic {
	char interface[IF_NAMESIZE]; /* empty for a NIC_DEVICE that the kernel does not know */
	unsigned ifindex;
	enum nic_kind kind;
	const char *mode; /* af_xdp: "native" or "generic" */
	char device[64];  /* DPDK's name */
	uint16_t port;    /* DPDK's number */
	uint16_t queues;
	int socket[NIC_QUEUE_MAX]; /* that each queue is read from, to sleep on; -1: none is known */
	uint16_t mtu;
	uint8_t mac[6];
	struct rte_mempool *pool;
	int claim; /* held while the interface is ours; -1 */
	struct hide hide;
	struct doors doors;
};

const char *nic_kind_name(enum nic_kind k);

/* How many receive queues the kernel has on an interface; all must be served. */
unsigned nic_queues(const char *interface);

/* Opens `interface` in one way. number makes DPDK's name unique. Where it has as many queues as we like, there is one
 * for each worker. 0, or -1 with the reason in error: nothing is left on the interface then. Close with nic_close(). */
int nic_open(struct nic *n, const char *interface, enum nic_kind kind, unsigned number, unsigned workers,
	     const struct media_ranges *ranges, struct rte_mempool *pool, char *error, size_t error_size);

/* Opens a device by DPDK's own words: a PCI address, or "net_tap0,iface=…"; with a queue for each worker, if it has as
 * many. */
int nic_open_device(struct nic *n, const char *device, unsigned workers, struct rte_mempool *pool, char *error,
		    size_t error_size);

/* Makes an interface of the kernel's that stands for a device: what is sent to this port arrives there, under the
 * device's own address. */
int nic_open_kernel(struct nic *n, const char *interface, const struct nic *device, struct rte_mempool *pool,
		    char *error, size_t error_size);

void nic_close(struct nic *n);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/nic.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <rte_dev.h>
#include <rte_ethdev.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "rtpproxy/path/steer.h"
#include "rtpproxy/path/waitfd.h"

enum { RING_RX = 2048, RING_TX = 2048 };

static const char *const kind_names[NIC_KIND_N] = {
	[NIC_AF_XDP] = "af_xdp",
	[NIC_AF_PACKET] = "af_packet",
	[NIC_DEVICE] = "device",
	[NIC_KERNEL] = "kernel",
};

const char *nic_kind_name(enum nic_kind k)
{
	return k < NIC_KIND_N ? kind_names[k] : "?";
}

/* What both receives and sends, and what only receives. lo and many virtual ones do not answer: they have one. */
static struct ethtool_channels channels_of(const char *interface)
{
	struct ethtool_channels channels = { .cmd = ETHTOOL_GCHANNELS };
	struct ifreq request = { .ifr_data = (void *)&channels };
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int result = -1;

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", interface);
	if (fd >= 0) {
		result = ioctl(fd, SIOCETHTOOL, &request);
		close(fd);
	}
	if (result < 0 || channels.combined_count + channels.rx_count == 0)
		return (struct ethtool_channels){ .combined_count = 1 };
	return channels;
}

unsigned nic_queues(const char *interface)
{
	const struct ethtool_channels c = channels_of(interface);

	return RTE_MIN(c.combined_count + c.rx_count, (unsigned)NIC_QUEUE_MAX);
}

/* Media that comes by a queue that is not served would be lost. DPDK serves those that send, too, and one that does
 * not.
 */
static int xdp_queues_check(const struct nic *n, char *error, size_t error_size)
{
	const struct ethtool_channels c = channels_of(n->interface);
	const unsigned queues = c.combined_count + c.rx_count;

	if (c.rx_count && queues > 1)
		snprintf(error, error_size, "%s has %u queues that only receive: ethtool -L %s rx 1 tx 1", n->interface,
			 c.rx_count, n->interface);
	else if (queues > NIC_QUEUE_MAX)
		snprintf(error, error_size, "%s has %u queues: ethtool -L %s combined %d", n->interface, queues,
			 n->interface, NIC_QUEUE_MAX);
	else
		return 0;
	return -1;
}

/* Of an interface of the kernel's. lo has more than a packet buffer holds. */
static uint16_t interface_mtu(const char *interface)
{
	struct ifreq request = { 0 };
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int mtu = RTE_ETHER_MTU;

	if (fd < 0)
		return RTE_ETHER_MTU;
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", interface);
	if (ioctl(fd, SIOCGIFMTU, &request) == 0)
		mtu = request.ifr_mtu;
	close(fd);
	return (uint16_t)(mtu > UINT16_MAX ? UINT16_MAX : mtu);
}

/* Only one relay may work an interface: what the kernel would let a second one tear down unasked is guarded by a name
 * that vanishes with its holder. */
static int claim_take(unsigned ifindex)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int n;

	if (fd < 0)
		return -1;
	n = snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1, "natsbc/media/%u", ifindex);
	if (bind(fd, (struct sockaddr *)&name, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n)) ==
	    0)
		return fd;
	close(fd);
	return -1;
}

/* Of several queues each gets its streams by what tells them apart. */
static struct rte_eth_conf port_conf(const struct nic *n)
{
	struct rte_eth_conf conf = { 0 };
	struct rte_eth_dev_info info;

	if (n->kind != NIC_DEVICE || n->queues < 2 || rte_eth_dev_info_get(n->port, &info) < 0)
		return conf;
	conf.rx_adv_conf.rss_conf.rss_hf = (RTE_ETH_RSS_IP | RTE_ETH_RSS_UDP) & info.flow_type_rss_offloads;
	if (conf.rx_adv_conf.rss_conf.rss_hf)
		conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
	return conf;
}

/* Queues, rings, start. */
static int port_start(struct nic *n, struct rte_mempool *pool, char *error, size_t error_size)
{
	const struct rte_eth_conf conf = port_conf(n);
	struct rte_ether_addr mac = { 0 };
	struct waitfd before;
	int result;

	result = rte_eth_dev_configure(n->port, n->queues, n->queues, &conf);
	for (uint16_t q = 0; result == 0 && q < n->queues; q++) {
		waitfd_find(&before);
		result = rte_eth_rx_queue_setup(n->port, q, RING_RX, SOCKET_ID_ANY, NULL, pool);
		if (n->kind == NIC_AF_XDP)
			(void)waitfd_opened(&before, &n->socket[q], 1);
		if (result == 0)
			result = rte_eth_tx_queue_setup(n->port, q, RING_TX, SOCKET_ID_ANY, NULL);
	}
	if (result == 0)
		result = rte_eth_dev_start(n->port);
	if (result < 0) {
		snprintf(error, error_size, "cannot start %s: %s", n->device, strerror(-result));
		return -1;
	}
	(void)rte_eth_macaddr_get(n->port, &mac);
	memcpy(n->mac, mac.addr_bytes, sizeof(n->mac));
	n->pool = pool;
	return 0;
}

/* Plugs a virtual device in and finds its port. */
static int device_plug(struct nic *n, const char *args, char *error, size_t error_size)
{
	const int result = rte_eal_hotplug_add("vdev", n->device, args);

	if (result == 0 && rte_eth_dev_get_port_by_name(n->device, &n->port) == 0)
		return 0;
	snprintf(error, error_size, "DPDK cannot open %s: %s", n->device, strerror(result < 0 ? -result : ENODEV));
	n->device[0] = '\0';
	return -1;
}

static int af_xdp_open(struct nic *n, const struct media_ranges *ranges, struct rte_mempool *pool, char *error,
		       size_t error_size)
{
	char args[160];
	int program, result;

	if (xdp_queues_check(n, error, error_size) < 0)
		return -1;
	program = steer_file();
	if (program < 0) {
		snprintf(error, error_size, "cannot hold the XDP program in memory: %s", strerror(errno));
		return -1;
	}
	/* busy_budget: the default makes every empty poll a system call. */
	snprintf(args, sizeof(args), "iface=%s,start_queue=0,queue_count=%u,busy_budget=0,xdp_prog=/proc/self/fd/%d",
		 n->interface, n->queues, program);
	result = device_plug(n, args, error, error_size);
	if (result == 0)
		result = port_start(n, pool, error, error_size);
	close(program);
	if (result < 0)
		return -1;
	program = steer_program(n->ifindex);
	result = program < 0 ? -1 : doors_open(&n->doors, program, ranges);
	if (program >= 0)
		close(program);
	if (result < 0) {
		snprintf(error, error_size, "cannot fill the maps of the XDP program on %s", n->interface);
		return -1;
	}
	n->mode = steer_mode(n->ifindex);
	return 0;
}

static int af_packet_open(struct nic *n, const struct media_ranges *ranges, struct rte_mempool *pool, char *error,
			  size_t error_size)
{
	char args[128];
	struct waitfd before;

	waitfd_find(&before);
	snprintf(args, sizeof(args), "iface=%s,blocksz=4096,framesz=2048,framecnt=%d,qpairs=%u", n->interface, RING_RX,
		 n->queues);
	if (device_plug(n, args, error, error_size) < 0)
		return -1;
	(void)waitfd_opened(&before, n->socket, n->queues);
	if (port_start(n, pool, error, error_size) < 0)
		return -1;
	if (hide_attach(&n->hide, n->ifindex, ranges, &n->doors) < 0) {
		snprintf(error, error_size, "cannot hide the media ports from the kernel on %s (tc, BPF)",
			 n->interface);
		return -1;
	}
	return 0;
}

static int interface_prepare(struct nic *n, const char *interface, char *error, size_t error_size)
{
	char name[16];

	n->ifindex = if_nametoindex(interface);
	if (n->ifindex == 0) {
		snprintf(error, error_size, "there is no interface %s (a realm's \"interface\" names it)", interface);
		return -1;
	}
	snprintf(n->interface, sizeof(n->interface), "%s", interface);
	n->mtu = interface_mtu(interface);
	n->claim = claim_take(n->ifindex);
	if (n->claim < 0) {
		snprintf(error, error_size, "%s is in use by another rtpproxy", interface);
		return -1;
	}
	/* What a run that was killed left behind. */
	hide_detach_stale(n->ifindex);
	if (steer_detach(n->ifindex, name) < 0 && n->kind == NIC_AF_XDP) {
		snprintf(error, error_size, "%s carries another XDP program (%.16s)", interface, name);
		return -1;
	}
	return 0;
}

/* Nothing is open yet. */
static struct nic nic_fresh(enum nic_kind kind)
{
	struct nic n = { .kind = kind, .claim = -1, .queues = 1 };

	memset(n.socket, -1, sizeof(n.socket));
	return n;
}

int nic_open(struct nic *n, const char *interface, enum nic_kind kind, unsigned number, unsigned workers,
	     const struct media_ranges *ranges, struct rte_mempool *pool, char *error, size_t error_size)
{
	struct nic fresh = nic_fresh(kind);
	int result = interface_prepare(&fresh, interface, error, error_size);

	if (result == 0) {
		/* Packet sockets divide what comes by themselves, whatever the interface has. */
		fresh.queues = (uint16_t)(kind == NIC_AF_XDP ? nic_queues(interface) : workers);
		snprintf(fresh.device, sizeof(fresh.device), "net_%s%u", nic_kind_name(kind), number);
		result = kind == NIC_AF_XDP ? af_xdp_open(&fresh, ranges, pool, error, error_size)
					    : af_packet_open(&fresh, ranges, pool, error, error_size);
	}
	if (result < 0) {
		nic_close(&fresh);
		return -1;
	}
	*n = fresh;
	return 0;
}

/* At most one for each worker. */
static uint16_t device_queues(uint16_t port, unsigned workers)
{
	struct rte_eth_dev_info info;
	unsigned n;

	if (rte_eth_dev_info_get(port, &info) < 0)
		return 1;
	n = RTE_MIN(workers, RTE_MIN(info.max_rx_queues, info.max_tx_queues));
	return (uint16_t)(n ? n : 1);
}

int nic_open_device(struct nic *n, const char *device, unsigned workers, struct rte_mempool *pool, char *error,
		    size_t error_size)
{
	struct nic fresh = nic_fresh(NIC_DEVICE);

	snprintf(fresh.device, sizeof(fresh.device), "%s", device);
	fresh.device[strcspn(fresh.device, ",")] = '\0';
	if (rte_dev_probe(device) < 0 || rte_eth_dev_get_port_by_name(fresh.device, &fresh.port) < 0) {
		snprintf(error, error_size, "DPDK cannot open %s", device);
		return -1;
	}
	fresh.queues = device_queues(fresh.port, workers);
	if (port_start(&fresh, pool, error, error_size) < 0) {
		nic_close(&fresh);
		return -1;
	}
	if (rte_eth_dev_get_mtu(fresh.port, &fresh.mtu) < 0)
		fresh.mtu = RTE_ETHER_MTU;
	*n = fresh;
	return 0;
}

/* vhost moves packets without a system call each; a TAP is there wherever the other is not. */
static int kernel_plug(struct nic *n, const char *interface, const struct nic *device, char *error, size_t error_size)
{
	static const struct {
		const char *device, *needs, *args;
	} ways[] = {
		{ "net_virtio_user_natsbc", "/dev/vhost-net", "path=/dev/vhost-net,queues=1,queue_size=1024" },
		{ "net_tap_natsbc", "/dev/net/tun", "" },
	};
	const uint8_t *mac = device->mac;
	char args[160];

	snprintf(error, error_size, "neither /dev/vhost-net nor /dev/net/tun can be used");
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (access(ways[i].needs, R_OK | W_OK) < 0)
			continue;
		snprintf(n->device, sizeof(n->device), "%s", ways[i].device);
		snprintf(args, sizeof(args), "%s%siface=%s,mac=%02x:%02x:%02x:%02x:%02x:%02x", ways[i].args,
			 ways[i].args[0] ? "," : "", interface, mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
		if (device_plug(n, args, error, error_size) == 0)
			return 0;
	}
	return -1;
}

int nic_open_kernel(struct nic *n, const char *interface, const struct nic *device, struct rte_mempool *pool,
		    char *error, size_t error_size)
{
	struct nic fresh = nic_fresh(NIC_KERNEL);

	fresh.mtu = device->mtu;
	if (kernel_plug(&fresh, interface, device, error, error_size) < 0)
		return -1;
	(void)rte_eth_dev_set_mtu(fresh.port, device->mtu);
	fresh.ifindex = if_nametoindex(interface);
	snprintf(fresh.interface, sizeof(fresh.interface), "%s", interface);
	if (fresh.ifindex == 0)
		snprintf(error, error_size, "DPDK made no interface %s", interface);
	if (fresh.ifindex == 0 || port_start(&fresh, pool, error, error_size) < 0) {
		nic_close(&fresh);
		return -1;
	}
	*n = fresh;
	return 0;
}

void nic_close(struct nic *n)
{
	char name[16];

	if (n->device[0]) {
		(void)rte_eth_dev_stop(n->port);
		if (n->kind == NIC_DEVICE)
			(void)rte_eth_dev_close(n->port);
		else
			(void)rte_eal_hotplug_remove("vdev", n->device);
	}
	doors_close(&n->doors);
	hide_detach(&n->hide);
	if (n->claim >= 0) {
		(void)steer_detach(n->ifindex, name);
		close(n->claim);
	}
	*n = (struct nic){ .claim = -1 };
}

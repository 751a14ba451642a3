/* SPDX-License-Identifier: BSD-3-Clause */
/* steer.bpf.c: gives whole media datagrams to the relay's AF_XDP sockets, where their port is open, unless they can be
 * forwarded here; all that is no media goes on to the kernel. */
#include <netinet/in.h>

#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include "rtpproxy/bpf/match.h"
#include "rtpproxy/bpf/shortcut.h"

/* DPDK's net_af_xdp looks for this name. */
struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, 64);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} xsks_map SEC(".maps");

enum { IPV4_FRAGMENT = 0x3fff };

static __always_inline int udp_read(const void *udp_at, const void *end, struct datagram *d)
{
	const struct udphdr *udp = udp_at;

	if ((const void *)(udp + 1) > end)
		return 0;
	d->port = bpf_ntohs(udp->dest);
	return 1;
}

static __always_inline int ipv4_read(const struct iphdr *ip, const void *end, struct datagram *d)
{
	if ((const void *)(ip + 1) > end || ip->ihl != 5 || ip->protocol != IPPROTO_UDP)
		return 0;
	if (ip->frag_off & bpf_htons(IPV4_FRAGMENT))
		return 0;
	d->from[0] = ip->saddr;
	d->host[0] = ip->daddr;
	return udp_read(ip + 1, end, d);
}

static __always_inline int ipv6_read(const struct ipv6hdr *ip, const void *end, struct datagram *d)
{
	if ((const void *)(ip + 1) > end || ip->nexthdr != IPPROTO_UDP)
		return 0;
	__builtin_memcpy(d->from, &ip->saddr, sizeof(d->from));
	__builtin_memcpy(d->host, &ip->daddr, sizeof(d->host));
	return udp_read(ip + 1, end, d);
}

/* Without a socket media is dropped too: the relay is gone, and the kernel would answer that nobody listens. */
static __always_inline int media_take(struct xdp_md *c, const struct datagram *d)
{
	int action = shortcut_try(c, d);

	if (action != XDP_ABORTED)
		return action;
	action = (int)bpf_redirect_map(&xsks_map, c->rx_queue_index, XDP_DROP);
	if (action == XDP_DROP)
		media_count(MEDIA_NO_SOCKET);
	return action;
}

SEC("xdp")
int natsbc_steer(struct xdp_md *c)
{
	const void *end = (const void *)(long)c->data_end;
	const struct ethhdr *eth = (const void *)(long)c->data;
	struct datagram d = { { 0, 0, 0, 0 }, { 0, 0, 0, 0 }, 0, 0, 0 };
	int whole;

	if ((const void *)(eth + 1) > end)
		return XDP_PASS;
	d.ether = bpf_ntohs(eth->h_proto);
	if (d.ether == ETH_P_IP)
		whole = ipv4_read((const void *)(eth + 1), end, &d);
	else if (d.ether == ETH_P_IPV6)
		whole = ipv6_read((const void *)(eth + 1), end, &d);
	else
		return XDP_PASS;
	if (!whole)
		return XDP_PASS;
	switch (media_judge(&d, 1)) {
	case MEDIA_TAKE:
		return media_take(c, &d);
	case MEDIA_DROP:
		return XDP_DROP;
	default:
		return XDP_PASS;
	}
}

char natsbc_license[] SEC("license") = "Dual BSD/GPL";

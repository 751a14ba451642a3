/* SPDX-License-Identifier: BSD-3-Clause */
/* hide.bpf.c: with packet sockets the kernel sees a copy of the media, and would answer that nobody listens there.
 * `natsbc_hide` drops that copy after the sockets had theirs; `natsbc_take` keeps out of the sockets all that is not
 * media to an open port. */
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>

#include "rtpproxy/bpf/match.h"

enum { IPV4_FRAGMENT = 0x3fff };

static __always_inline int ipv4_read(struct __sk_buff *skb, struct datagram *d)
{
	struct iphdr ip;
	struct udphdr udp;

	if (bpf_skb_load_bytes(skb, ETH_HLEN, &ip, sizeof(ip)) < 0 || ip.ihl != 5 || ip.protocol != IPPROTO_UDP)
		return 0;
	if (ip.frag_off & bpf_htons(IPV4_FRAGMENT) ||
	    bpf_skb_load_bytes(skb, ETH_HLEN + sizeof(ip), &udp, sizeof(udp)) < 0)
		return 0;
	d->from[0] = ip.saddr;
	d->host[0] = ip.daddr;
	d->port = bpf_ntohs(udp.dest);
	return 1;
}

static __always_inline int ipv6_read(struct __sk_buff *skb, struct datagram *d)
{
	struct ipv6hdr ip;
	struct udphdr udp;

	if (bpf_skb_load_bytes(skb, ETH_HLEN, &ip, sizeof(ip)) < 0 || ip.nexthdr != IPPROTO_UDP)
		return 0;
	if (bpf_skb_load_bytes(skb, ETH_HLEN + sizeof(ip), &udp, sizeof(udp)) < 0)
		return 0;
	__builtin_memcpy(d->from, &ip.saddr, sizeof(d->from));
	__builtin_memcpy(d->host, &ip.daddr, sizeof(d->host));
	d->port = bpf_ntohs(udp.dest);
	return 1;
}

static __always_inline enum media_fate skb_judge(struct __sk_buff *skb, int count)
{
	struct datagram d = { { 0, 0, 0, 0 }, { 0, 0, 0, 0 }, 0, 0, 0 };

	d.ether = bpf_ntohs((__u16)skb->protocol);
	if (d.ether == ETH_P_IP)
		return ipv4_read(skb, &d) ? media_judge(&d, count) : NOT_MEDIA;
	if (d.ether == ETH_P_IPV6)
		return ipv6_read(skb, &d) ? media_judge(&d, count) : NOT_MEDIA;
	return NOT_MEDIA;
}

SEC("tc")
int natsbc_hide(struct __sk_buff *skb)
{
	return skb_judge(skb, 1) == NOT_MEDIA ? TC_ACT_UNSPEC : TC_ACT_SHOT;
}

/* On lo every packet passes a socket twice, going out and coming in: the first is not wanted. */
SEC("socket")
int natsbc_take(struct __sk_buff *skb)
{
	if (skb->pkt_type == PACKET_OUTGOING)
		return 0;
	return skb_judge(skb, 0) == MEDIA_TAKE ? -1 : 0;
}

char natsbc_license[] SEC("license") = "Dual BSD/GPL";

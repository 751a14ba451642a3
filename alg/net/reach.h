/* SPDX-License-Identifier: BSD-3-Clause */
/* reach.h: addresses that a stranger's words must never make us send to (FAULTS 22). */
#ifndef NATSBC_NET_REACH_H
#define NATSBC_NET_REACH_H

#include "alg/base/addr.h"

enum reach {
	REACH_FINE,
	REACH_UNSPECIFIED, /* none at all, 0.0.0.0/8, :: */
	REACH_LOOPBACK,
	REACH_LINK_LOCAL, /* where clouds tell secrets to who asks (169.254.169.254), too */
	REACH_MULTICAST,
	REACH_BROADCAST, /* 255.255.255.255; that of a network is known only to the kernel */
	REACH_RESERVED,  /* 240.0.0.0/4 */
	REACH_METADATA,  /* what clouds have for the same at other addresses */
	REACH_OWN,       /* for callers that know more: a service of ours */
	REACH_N,
};

/* What a is, whatever it is spelled as: an IPv4 address inside of an IPv6 address (mapped, compatible, translated,
 * NAT64, 6to4, Teredo) is judged as what it leads to. The port is not looked at. */
enum reach reach_of(const struct addr *a);

/* The same, seen from a realm at own: its peers may be on loopback only where it is there itself, and on the link
 * only where its own address is of the link. REACH_FINE: may be sent to. */
enum reach reach_from(const struct addr *own, const struct addr *a);

/* "loopback", for logs and counters. */
const char *reach_name(enum reach r);

#endif

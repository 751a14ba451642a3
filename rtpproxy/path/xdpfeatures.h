/* SPDX-License-Identifier: BSD-3-Clause */
/* xdpfeatures.h: what an interface does with frames that XDP programs send by it, as the kernel tells (since 6.3). */
#ifndef NATSBC_RTPPROXY_XDPFEATURES_H
#define NATSBC_RTPPROXY_XDPFEATURES_H

#include <libmnl/libmnl.h>

enum xdpfeatures { XDPFEATURES_UNTOLD, XDPFEATURES_DROPS, XDPFEATURES_SENDS };

/* A socket to ask by, and the number that questions go under. */
struct xdpfeatures_ask {
	struct mnl_socket *socket; /* NULL: the kernel does not tell */
	uint16_t family;
};

void xdpfeatures_open(struct xdpfeatures_ask *a);
void xdpfeatures_close(struct xdpfeatures_ask *a);

/* Of a veth this changes with its other end: that one must have GRO, or a program of its own. */
enum xdpfeatures xdpfeatures_of(const struct xdpfeatures_ask *a, unsigned ifindex);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* rtnl.h: the few rtnetlink questions that the relay asks. */
#ifndef NATSBC_RTPPROXY_RTNL_H
#define NATSBC_RTPPROXY_RTNL_H

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

#include "alg/base/addr.h"

struct rtnl_route {
	unsigned ifindex;
	bool local;          /* the host is this one */
	struct addr gateway; /* ADDR_NONE: the host is on the link */
};

struct rtnl_neighbour {
	unsigned ifindex;
	struct addr host;
	uint16_t state; /* NUD_ bits */
	bool has_mac;
	uint8_t mac[6];
};

/* A socket for questions: nothing arrives on it but answers. NULL without permission or memory. */
struct mnl_socket *rtnl_open(void);

/* One that hears of changes of links, addresses, routes and neighbours; does not block. */
struct mnl_socket *rtnl_listen(void);

/* 0, or -1 where the kernel knows none. */
int rtnl_route_get(struct mnl_socket *s, const struct addr *from, const struct addr *to, struct rtnl_route *out);
int rtnl_neighbour_get(struct mnl_socket *s, unsigned ifindex, const struct addr *host, struct rtnl_neighbour *out);

/* Asks the kernel to find the neighbour, or to check that it is still there. A permanent one is left alone. */
void rtnl_neighbour_use(struct mnl_socket *s, unsigned ifindex, const struct addr *host);

/* The interface that holds an address, 0 where none does. */
unsigned rtnl_address_interface(struct mnl_socket *s, const struct addr *a);

/* A message about a neighbour; -1 when it is none that we can read. */
int rtnl_neighbour_parse(const struct nlmsghdr *h, struct rtnl_neighbour *out);

#endif

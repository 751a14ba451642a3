/* SPDX-License-Identifier: BSD-3-Clause */
/* netview.h: the kernel's view of the network, by rtnetlink: which interface holds an address, and the way to a peer.
 */
#ifndef NATSBC_RTPPROXY_NETVIEW_H
#define NATSBC_RTPPROXY_NETVIEW_H

#include <net/if.h>

#include "alg/base/addr.h"

struct netview;

/* The next call is often one to the same place: so many ways that nobody holds are kept for a while, and followed. */
enum { NETVIEW_IDLE_MAX = 1024 };

enum way_state {
	WAY_NONE,      /* the kernel has no route */
	WAY_RESOLVING, /* a route, but no neighbour yet: the kernel has been asked to find it */
	WAY_READY,
};

/* The way from one of our addresses to a host. Shared by all who asked for it. */
struct way {
	struct addr from, to; /* ports 0 */
	enum way_state state;
	unsigned ifindex; /* the interface that packets leave by; 0 where there is none */
	uint8_t mac[6];   /* of the next hop; zero on lo */
	bool local;       /* the host is this one */
};

/* Told when a way is another than before. */
typedef void netview_changed_fn(void *ctx, const struct way *w);

/* Room for so many ways that are held. NULL with the reason in error. Caller frees with netview_close(). */
struct netview *netview_open(uint32_t capacity, netview_changed_fn *changed, void *ctx, char *error, size_t error_size);
void netview_close(struct netview *v);

/* Readable when the kernel has news for netview_read. */
int netview_fd(const struct netview *v);
void netview_read(struct netview *v, uint64_t now);

/* Once a second: asks again for neighbours that do not answer, and keeps those in use fresh: packets that bypass the
 * kernel do not. */
void netview_tick(struct netview *v, uint64_t now);

/* The way, looked up at once where it is new. NULL when there is no more room. Each way_get is paid with a way_put. */
const struct way *netview_get(struct netview *v, const struct addr *from, const struct addr *to, uint64_t now);
void netview_put(struct netview *v, const struct way *w);

/* How many are kept that nobody holds. */
uint32_t netview_idle(const struct netview *v);

/* The interface that holds an address. 0 or -1. */
int netview_interface(struct netview *v, const struct addr *a, char name[IF_NAMESIZE]);

#endif

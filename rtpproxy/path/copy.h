/* SPDX-License-Identifier: BSD-3-Clause */
/* copy.h: a pair of ports: what is accepted at the one leaves from the other as well. It hangs in the lists of both, so
 * that it ends with either. Made by control, at work in the worker that has the ports, and given back by it; control
 * keeps such lists of its own. */
#ifndef NATSBC_RTPPROXY_COPY_H
#define NATSBC_RTPPROXY_COPY_H

#include "alg/rtp/payload_map.h"

enum copy_end { COPY_FROM, COPY_TO, COPY_ENDS };

struct copy {
	uint32_t port[COPY_ENDS];     /* indices in the flow table, never the same */
	struct copy *next[COPY_ENDS]; /* in that port's list */
	struct payload_map map;       /* payload numbers of RTP, on the way */
};

/* NULL without memory. Caller frees with copy_free(), or hangs it up. */
struct copy *copy_new(uint32_t from, uint32_t to, const struct payload_map *map);
void copy_free(struct copy *c);

/* The one behind it in the list of that port, which is one of its two. */
static inline struct copy *copy_next(const struct copy *c, uint32_t port)
{
	return c->next[c->port[COPY_TO] == port];
}

/* In the list of either; NULL: there is none. */
struct copy *copy_find(struct copy *list, uint32_t port, uint32_t from, uint32_t to);
/* Of a port's list, those that have the port at this end. */
unsigned copy_count(const struct copy *list, uint32_t port, enum copy_end end);

/* Into the lists of its two ports, and out of them. */
void copy_hang(struct copy *c, struct copy **from, struct copy **to);
void copy_take(struct copy *c, struct copy **from, struct copy **to);

/* Those that workers gave back. Any thread gives, control takes all. */
struct copy_pile {
	struct copy *top;
};

void copy_give(struct copy_pile *pile, struct copy *c);
void copy_pile_free(struct copy_pile *pile);

#endif

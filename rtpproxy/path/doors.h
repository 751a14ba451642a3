/* SPDX-License-Identifier: BSD-3-Clause */
/* doors.h: which media ports are open on an interface and who is banned there, as its kernel program sees it. */
#ifndef NATSBC_RTPPROXY_DOORS_H
#define NATSBC_RTPPROXY_DOORS_H

#include "alg/base/addr.h"
#include "rtpproxy/bpf/media.h"

struct doors {
	struct media_ranges ranges;
	uint64_t *open; /* the map `open`; NULL: there is no program */
	int banned_v4, banned_v6, dropped;
};

/* Tells the program, by its descriptor, its ranges. Of a fresh one all ports are closed. 0; -1: nothing is held.
 * Close with doors_close(): the program goes on as it was left. */
int doors_open(struct doors *d, int program, const struct media_ranges *ranges);
void doors_close(struct doors *d);

/* Opens or closes a port of ours: one store for each range that it is in. Does nothing where there is none, or no
 * program. */
void doors_set(struct doors *d, const struct addr *own, bool open);

/* 0, also where there is no program; -1: no room, or not banned. Whom: without bits beyond the prefix. */
int doors_ban(struct doors *d, const struct prefix *whom);
int doors_unban(struct doors *d, const struct prefix *whom);

/* Adds what the program has dropped so far to counts. */
void doors_count(const struct doors *d, uint64_t counts[MEDIA_DROP_N]);

#endif

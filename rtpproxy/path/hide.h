/* SPDX-License-Identifier: BSD-3-Clause */
/* hide.h: with packet sockets: the kernel's own UDP must not see our media, and the sockets nothing else. */
#ifndef NATSBC_RTPPROXY_HIDE_H
#define NATSBC_RTPPROXY_HIDE_H

#include "rtpproxy/path/doors.h"

struct hide {
	unsigned ifindex;
	bool made_hook;   /* the clsact qdisc is ours */
	uint32_t program; /* that hangs there, as the kernel numbers it; 0: none */
};

/* Attaches to the interface's ingress, and filters this process's packet sockets on it; the doors are of both. 0 or -1:
 * nothing is left then. */
int hide_attach(struct hide *h, unsigned ifindex, const struct media_ranges *ranges, struct doors *doors);
void hide_detach(struct hide *h);

/* Removes what a run that crashed left on the interface. */
void hide_detach_stale(unsigned ifindex);

#endif

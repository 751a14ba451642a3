/* SPDX-License-Identifier: BSD-3-Clause */
/* waitfd.h: the sockets that DPDK's ports read from, to sleep on: DPDK keeps them to itself. */
#ifndef NATSBC_RTPPROXY_WAITFD_H
#define NATSBC_RTPPROXY_WAITFD_H

#include <stdbool.h>

enum { WAITFD_MAX = 512 };

/* Sockets, in rising order. */
struct waitfd {
	int fd[WAITFD_MAX];
	unsigned n;
};

/* This process's AF_XDP and packet sockets. */
void waitfd_find(struct waitfd *w);

/* Those that there are now and were not then, in rising order: so they were opened, if none was closed meanwhile.
 * True, and stored, where there are n of them. */
bool waitfd_opened(const struct waitfd *before, int *out, unsigned n);

#endif

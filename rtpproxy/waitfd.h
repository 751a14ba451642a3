/* SPDX-License-Identifier: BSD-3-Clause */
/* waitfd.h: the sockets that DPDK's ports read from, to sleep on: DPDK keeps them to itself. */
#ifndef NATSBC_RTPPROXY_WAITFD_H
#define NATSBC_RTPPROXY_WAITFD_H

#include <poll.h>

/* This process's AF_XDP and packet sockets, ready to be waited on for packets. How many there are, at most max. */
unsigned waitfd_find(struct pollfd *out, unsigned max);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* dscp.h: how the packets of a socket are marked for the network (RFC 2474). */
#ifndef NATSBC_SBC_DSCP_H
#define NATSBC_SBC_DSCP_H

#include "alg/base/addr.h"

/* What a listening socket has, connections that it accepts have, too. Where the system refuses it, packets go unmarked:
 * they go all the same. dscp: 0 to 63; local: an address of the socket's family. */
void dscp_set(int fd, const struct addr *local, uint8_t dscp);

#endif

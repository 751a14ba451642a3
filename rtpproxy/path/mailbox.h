/* SPDX-License-Identifier: BSD-3-Clause */
/* mailbox.h: datagrams that came to our ports and are for control, STUN and DTLS: copied by workers, read by control.
 */
#ifndef NATSBC_RTPPROXY_MAILBOX_H
#define NATSBC_RTPPROXY_MAILBOX_H

#include "rtpproxy/path/datapath.h"

enum { MAILBOX_WAITING = 256 /* at most one less */ };

struct mailbox {
	struct rte_ring *ring; /* NULL until the first port wants mail */
};

/* Control's side: from now on it takes mail. 0, or -1 without memory. */
int mailbox_open(struct mailbox *b);
/* No worker runs. */
void mailbox_close(struct mailbox *b);
/* False where nothing is left. */
bool mailbox_take(struct mailbox *b, struct datapath_mail *out);

/* A worker's side: control may have something to say at any time. */
static inline bool mailbox_is_open(const struct mailbox *b)
{
	return b && __atomic_load_n(&b->ring, __ATOMIC_ACQUIRE);
}

/* False where it is full. */
bool mailbox_put(struct mailbox *b, const struct datapath_mail *mail);

#endif

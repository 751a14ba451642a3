/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/mailbox.h"

/* As in worker.h: the thread sanitizer understands it. */
#define RTE_USE_C11_MEM_MODEL
#include <rte_ring.h>
#include <rte_ring_elem.h>

_Static_assert(sizeof(struct datapath_mail) % 4 == 0, "rings count in words");

int mailbox_open(struct mailbox *b)
{
	struct rte_ring *ring = b->ring;

	if (ring)
		return 0;
	ring = rte_ring_create_elem("mails", sizeof(struct datapath_mail), MAILBOX_WAITING, SOCKET_ID_ANY,
				    RING_F_SC_DEQ);
	__atomic_store_n(&b->ring, ring, __ATOMIC_RELEASE);
	return ring ? 0 : -1;
}

void mailbox_close(struct mailbox *b)
{
	rte_ring_free(b->ring);
	b->ring = NULL;
}

bool mailbox_take(struct mailbox *b, struct datapath_mail *out)
{
	return b->ring && rte_ring_sc_dequeue_elem(b->ring, out, sizeof(*out)) == 0;
}

bool mailbox_put(struct mailbox *b, const struct datapath_mail *mail)
{
	return mailbox_is_open(b) && rte_ring_mp_enqueue_elem(b->ring, (void *)(uintptr_t)mail, sizeof(*mail)) == 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/bell.h"

#include <rte_atomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

int bell_open(struct bell *b)
{
	*b = (struct bell){ .fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC) };
	return b->fd < 0 ? -1 : 0;
}

void bell_close(struct bell *b)
{
	if (b->fd >= 0)
		close(b->fd);
	b->fd = -1;
}

/* Both sides write first and read then, with a barrier between: either the owner sees what is there, or the other one
 * sees that the owner sleeps. */
void bell_lie_down(struct bell *b)
{
	__atomic_store_n(&b->asleep, 1, __ATOMIC_RELAXED);
	rte_smp_mb();
}

void bell_get_up(struct bell *b)
{
	uint64_t rung;

	__atomic_store_n(&b->asleep, 0, __ATOMIC_RELAXED);
	(void)!read(b->fd, &rung, sizeof(rung));
}

void bell_ring(struct bell *b)
{
	const uint64_t one = 1;

	rte_smp_mb();
	if (__atomic_load_n(&b->asleep, __ATOMIC_RELAXED) && __atomic_exchange_n(&b->asleep, 0, __ATOMIC_RELAXED))
		(void)!write(b->fd, &one, sizeof(one));
}

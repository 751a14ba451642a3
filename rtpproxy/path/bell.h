/* SPDX-License-Identifier: BSD-3-Clause */
/* bell.h: wakes a worker that sleeps, and costs others next to nothing while it does not. */
#ifndef NATSBC_RTPPROXY_BELL_H
#define NATSBC_RTPPROXY_BELL_H

#include <stdint.h>

struct bell {
	int fd; /* eventfd, to be waited on with the rest */
	/* A cache line apart from what its owner writes all the time. */
	uint8_t before[64];
	uint32_t asleep;
	uint8_t after[64];
};

/* 0 or -1. */
int bell_open(struct bell *b);
void bell_close(struct bell *b);

/* The owner's: from now on it wants to be woken; it looks once more whether there is something, then waits on fd. */
void bell_lie_down(struct bell *b);
void bell_get_up(struct bell *b);

/* Others': there is something for the owner. */
void bell_ring(struct bell *b);

#endif

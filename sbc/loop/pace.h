/* SPDX-License-Identifier: BSD-3-Clause */
/* pace.h: how long the loop lets messages gather between two turns. To be woken takes more than most messages do: where
 * many come, a few milliseconds serve several of them at once. Pure: no clock, no sockets. */
#ifndef NATSBC_SBC_PACE_H
#define NATSBC_SBC_PACE_H

#include <stdint.h>

enum {
	PACE_WINDOW_US = 100000,
	PACE_LEAST = 100,   /* messages in a window: with fewer, waiting for another one is often in vain */
	PACE_GATHER = 16,   /* messages worth waiting for: more of them would save little */
	PACE_MOST_US = 4200 /* but no longer: a call waits twice until it rings, within 10 ms */
};

/* All zero at first. */
struct pace {
	uint64_t window_us; /* when the present window began */
	uint32_t got, last; /* messages in this window, and in the one before */
};

/* A message came. */
static inline void pace_got(struct pace *p)
{
	p->got++;
}

/* A turn ended, and nothing was left to be read. For how many microseconds not to look again; now_us is of a monotonic
 * clock. */
uint32_t pace_wait_us(struct pace *p, uint64_t now_us);

#endif

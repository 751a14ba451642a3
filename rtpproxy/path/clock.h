/* SPDX-License-Identifier: BSD-3-Clause */
/* clock.h: the time where milliseconds do, a tick of the kernel's behind at most. */
#ifndef NATSBC_RTPPROXY_CLOCK_H
#define NATSBC_RTPPROXY_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

#endif

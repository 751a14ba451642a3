/* SPDX-License-Identifier: BSD-3-Clause */
/* moment.h: from the clock of this run to that of the host and back, for what outlives a restart. */
#ifndef NATSBC_SBC_MOMENT_H
#define NATSBC_SBC_MOMENT_H

#include <stdint.h>

/* Two clocks at the same moment. */
struct moment {
	uint64_t now; /* ms, monotonic */
	int64_t wall; /* seconds since 1970 */
};

/* To the nearest second. */
static inline int64_t moment_wall(const struct moment *m, uint64_t at)
{
	return m->wall + ((int64_t)(at - m->now) + (at < m->now ? -500 : 500)) / 1000;
}

/* Times of before this machine was started are its start. */
static inline uint64_t moment_past(const struct moment *m, int64_t wall)
{
	uint64_t ago_ms = wall < m->wall ? (uint64_t)(m->wall - wall) * 1000 : 0;

	return ago_ms < m->now ? m->now - ago_ms : 0;
}

/* From now on, at most the longest that may be: a wall clock may have been wrong, and set. What is past is now. */
static inline uint64_t moment_future(const struct moment *m, int64_t wall, uint32_t most_s)
{
	int64_t left_s = wall > m->wall ? wall - m->wall : 0;

	return m->now + (uint64_t)(left_s < (int64_t)most_s ? left_s : (int64_t)most_s) * 1000;
}

#endif

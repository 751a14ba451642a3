/* SPDX-License-Identifier: BSD-3-Clause */
/* rate.h: so many a second, and those of one second at once. */
#ifndef NATSBC_SBC_RATE_H
#define NATSBC_SBC_RATE_H

#include <stdbool.h>
#include <stdint.h>

/* Zero: nothing came yet. */
struct rate {
	uint64_t due_us; /* when all that was taken would have come, one after the other */
};

/* One more within per_s? 0 is no limit; at most a million. now: ms. */
bool rate_allows(const struct rate *p, uint32_t per_s, uint64_t now);

/* It comes. */
void rate_take(struct rate *p, uint32_t per_s, uint64_t now);

/* Both: true, and taken, where there is one more within per_s. */
bool rate_pass(struct rate *p, uint32_t per_s, uint64_t now);

/* Nothing of it is left: it is as good as a new one. */
bool rate_is_idle(const struct rate *p, uint64_t now);

#endif

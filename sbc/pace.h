/* SPDX-License-Identifier: BSD-3-Clause */
/* pace.h: so many a second, and those of one second at once. */
#ifndef NATSBC_SBC_PACE_H
#define NATSBC_SBC_PACE_H

#include <stdbool.h>
#include <stdint.h>

/* Zero: nothing came yet. */
struct pace {
	uint64_t due_us; /* when all that was taken would have come, one after the other */
};

/* One more within per_s? 0 is no limit; at most a million. now: ms. */
bool pace_allows(const struct pace *p, uint32_t per_s, uint64_t now);

/* It comes. */
void pace_take(struct pace *p, uint32_t per_s, uint64_t now);

/* Nothing of it is left: it is as good as a new one. */
bool pace_is_idle(const struct pace *p, uint64_t now);

#endif

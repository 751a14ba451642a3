/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/guard/rate.h"

enum { SECOND_US = 1000000 };

static uint64_t begin(const struct rate *p, uint64_t now)
{
	return p->due_us > now * 1000 ? p->due_us : now * 1000;
}

bool rate_allows(const struct rate *p, uint32_t per_s, uint64_t now)
{
	return per_s == 0 || begin(p, now) + SECOND_US / per_s <= now * 1000 + SECOND_US;
}

void rate_take(struct rate *p, uint32_t per_s, uint64_t now)
{
	if (per_s)
		p->due_us = begin(p, now) + SECOND_US / per_s;
}

bool rate_pass(struct rate *p, uint32_t per_s, uint64_t now)
{
	uint64_t due;

	if (per_s == 0)
		return true;
	due = begin(p, now) + SECOND_US / per_s;
	if (due > now * 1000 + SECOND_US)
		return false;
	p->due_us = due;
	return true;
}

bool rate_is_idle(const struct rate *p, uint64_t now)
{
	return p->due_us <= now * 1000;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/loop/pace.h"

/* A window that nobody closed in time tells of a pause. */
static void window_close(struct pace *p, uint64_t now_us)
{
	uint64_t age = now_us - p->window_us;

	if (age < PACE_WINDOW_US)
		return;
	p->last = age < 2 * PACE_WINDOW_US ? p->got : 0;
	p->got = 0;
	p->window_us = now_us;
}

uint32_t pace_wait_us(struct pace *p, uint64_t now_us)
{
	uint32_t gather;

	window_close(p, now_us);
	if (p->last < PACE_LEAST)
		return 0;
	gather = PACE_GATHER * PACE_WINDOW_US / p->last;
	return gather < PACE_MOST_US ? gather : PACE_MOST_US;
}

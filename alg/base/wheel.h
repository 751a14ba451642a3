/* SPDX-License-Identifier: BSD-3-Clause */
/* wheel.h: timers. A hierarchical wheel of intrusive entries; the caller brings the time. */
#ifndef NATSBC_BASE_WHEEL_H
#define NATSBC_BASE_WHEEL_H

#include <stdbool.h>
#include <stdint.h>

struct timer;

/* Called once when due, the timer already off the wheel: it may be added again or freed from here.
 * now is the time given to wheel_advance, never before the timer's due time. */
typedef void timer_fn(struct timer *t, void *ctx, uint64_t now);

/* Embedded in its owner. All zero is "not running". */
struct timer {
	struct timer *next, **link; /* link is NULL while not running */
	uint64_t due;               /* ms */
	timer_fn *fn;
};

enum { WHEEL_LEVELS = 5, WHEEL_BITS = 8, WHEEL_SLOTS = 1 << WHEEL_BITS };

struct wheel {
	struct timer *slot[WHEEL_LEVELS][WHEEL_SLOTS];
	struct timer *far;                             /* due beyond what the levels can show (34 years) */
	uint64_t busy[WHEEL_LEVELS][WHEEL_SLOTS / 64]; /* one bit a slot: occupied */
	uint64_t now;                                  /* ms, as of the last advance */
	uint64_t count;                                /* timers running */
	void *ctx;                                     /* handed to every timer_fn */
};

void wheel_init(struct wheel *w, uint64_t now, void *ctx);

/* (Re)starts t at due (ms); a time already past fires at the next advance. */
void wheel_add(struct wheel *w, struct timer *t, uint64_t due, timer_fn *fn);

/* Stops t; nothing happens where it is not running. */
void wheel_del(struct wheel *w, struct timer *t);

static inline bool timer_runs(const struct timer *t)
{
	return t->link != 0;
}

/* Fires, in order of their due time, all timers due at or before now; of the same millisecond, the first added first.
 * Timers added meanwhile for a time not after now fire in the same call; those for a time already past, at once and in
 * the order of adding. A now before the last one does nothing. */
void wheel_advance(struct wheel *w, uint64_t now);

/* When the earliest timer is due (ms), or UINT64_MAX when none runs. May be earlier than the truth (a boundary where
 * the wheel must turn), never later. */
uint64_t wheel_next(const struct wheel *w);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* window.h: parts of days, on the clock of the host. */
#ifndef NATSBC_SBC_WINDOW_H
#define NATSBC_SBC_WINDOW_H

#include "alg/conf/config.h"

struct window_time {
	unsigned day;    /* 0 Sunday to 6 Saturday */
	unsigned minute; /* of that day */
};

/* wall: seconds since 1970. */
struct window_time window_time_of(int64_t wall);

/* One that goes over midnight belongs to the day that it begins on. */
bool window_has(const struct conf_window *w, struct window_time t);

/* Is it in any of them? */
bool window_any(const struct conf_window *w, unsigned n, struct window_time t);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/route/window.h"

#include <time.h>

struct window_time window_time_of(int64_t wall)
{
	time_t seconds = (time_t)wall;
	struct tm tm;

	if (!localtime_r(&seconds, &tm))
		return (struct window_time){ 0 };
	return (struct window_time){ (unsigned)tm.tm_wday, (unsigned)(tm.tm_hour * 60 + tm.tm_min) };
}

static bool is_on(const struct conf_window *w, unsigned day)
{
	return w->days & 1U << day % 7;
}

bool window_has(const struct conf_window *w, struct window_time t)
{
	if (w->from_min <= w->to_min)
		return is_on(w, t.day) && t.minute >= w->from_min && t.minute < w->to_min;
	return (is_on(w, t.day) && t.minute >= w->from_min) || (is_on(w, t.day + 6) && t.minute < w->to_min);
}

bool window_any(const struct conf_window *w, unsigned n, struct window_time t)
{
	for (unsigned i = 0; i < n; i++)
		if (window_has(&w[i], t))
			return true;
	return false;
}

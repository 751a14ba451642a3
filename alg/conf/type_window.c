/* SPDX-License-Identifier: BSD-3-Clause */
/* The type of times of the week: "mon-fri 08:00-18:00", "sat,sun", "22:00-06:00". */
#include "alg/base/cursor.h"
#include "alg/conf/type.h"

enum { EVERY_DAY = 0x7f, DAYS = 7, HOUR_MIN = 60 };

static int day_parse(struct span s)
{
	static const char names[DAYS][4] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };

	for (int i = 0; i < DAYS; i++)
		if (span_ieq(s, span_of(names[i], 3)))
			return i;
	return -1;
}

/* mon-fri,sun */
static int days_parse(struct span s, uint8_t *days)
{
	while (s.n) {
		struct span part = span_slice(s, 0, span_find(s, ','));
		uint32_t dash = span_find(part, '-');
		int first = day_parse(span_slice(part, 0, dash));
		int last = dash < part.n ? day_parse(span_from(part, dash + 1)) : first;

		if (first < 0 || last < 0 || part.n + 1 == s.n)
			return -1;
		for (int d = first;; d = (d + 1) % DAYS) {
			*days |= (uint8_t)(1u << d);
			if (d == last)
				break;
		}
		s = span_from(s, part.n + 1);
	}
	return *days ? 0 : -1;
}

/* 08:00; 24:00 is the end of the day. */
static int clock_parse(struct span s, uint16_t *min)
{
	uint32_t colon = span_find(s, ':'), h, m;

	if (s.n != colon + 3 || span_u32(span_slice(s, 0, colon), &h) || span_u32(span_from(s, colon + 1), &m))
		return -1;
	if (h > 24 || m >= HOUR_MIN || h * HOUR_MIN + m > CONF_DAY_MIN)
		return -1;
	*min = (uint16_t)(h * HOUR_MIN + m);
	return 0;
}

static int hours_parse(struct span s, struct conf_window *w)
{
	uint32_t dash = span_find(s, '-');

	if (clock_parse(span_slice(s, 0, dash), &w->from_min) || clock_parse(span_from(s, dash + 1), &w->to_min))
		return -1;
	return w->from_min < CONF_DAY_MIN && w->from_min != w->to_min ? 0 : -1;
}

static int window_parse(struct span s, struct conf_window *out)
{
	struct conf_window w = { .to_min = CONF_DAY_MIN };
	struct span first = span_slice(s, 0, span_find(s, ' ')), rest = span_trim(span_from(s, first.n));

	if (s.n && byte_is(s.p[0], DIGIT)) {
		w.days = EVERY_DAY;
		if (rest.n || hours_parse(first, &w))
			return -1;
	} else if (days_parse(first, &w.days) || (rest.n && hours_parse(rest, &w))) {
		return -1;
	}
	*out = w;
	return 0;
}

static bool window_add(struct load *l, const struct step *at, const json_t *v, void *record)
{
	struct conf_route *r = record;

	if (!type_want(l, at, v, JSON_STRING, "a time such as \"mon-fri 08:00-18:00\""))
		return false;
	if (window_parse(span_trim(load_text(v)), &r->time[r->ntime]))
		return load_fail(l, at, STEP_VALUE,
				 "\"%.*s\" is not days (sun, mon, tue, wed, thu, fri, sat), hours, or both, such as "
				 "\"mon-fri 08:00-18:00\"",
				 SPAN_ARG(load_text(v)));
	r->ntime++;
	return true;
}

static bool read_windows(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	return type_each(l, at, v, k->max, window_add, record);
}

const struct key_type type_windows = { "list of times", read_windows };

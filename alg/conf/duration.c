/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/conf/duration.h"

#include "alg/base/cursor.h"

static const struct unit {
	struct span name;
	uint64_t us;
} units[] = {
	{ { "d", 1 }, 86400000000 }, { { "h", 1 }, 3600000000 }, { { "m", 1 }, 60000000 },
	{ { "s", 1 }, 1000000 },     { { "ms", 2 }, 1000 },      { { "us", 2 }, 1 },
};
enum { UNIT_N = sizeof(units) / sizeof(units[0]) };

/* A hundred years and more fit into 64 bits of microseconds. */
enum { DURATION_NUMBER_MAX = 100000000 };

int duration_parse(struct span s, uint64_t *us)
{
	struct cursor c = { .left = s };
	uint64_t number = cursor_number(&c, DURATION_NUMBER_MAX);

	if (c.failed)
		return -1;
	if (number == 0 && cursor_empty(&c)) {
		*us = 0;
		return 0;
	}
	for (unsigned i = 0; i < UNIT_N; i++) {
		if (span_eq(c.left, units[i].name)) {
			*us = number * units[i].us;
			return 0;
		}
	}
	return -1;
}

void duration_write(struct writer *w, uint64_t us)
{
	unsigned i = 0;

	while (i < UNIT_N - 1 && us % units[i].us)
		i++;
	if (us == 0) {
		writer_byte(w, '0');
		return;
	}
	writer_u64(w, us / units[i].us);
	writer_put(w, units[i].name);
}

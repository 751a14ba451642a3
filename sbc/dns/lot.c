/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/dns/lot.h"

static void move(struct lot *lot, unsigned from, unsigned to)
{
	struct lot one = lot[from];

	memmove(&lot[to + 1], &lot[to], (from - to) * sizeof(*lot));
	lot[to] = one;
}

void lot_sort(struct lot *lot, unsigned n)
{
	for (unsigned i = 1; i < n; i++) {
		unsigned at = i;

		while (at > 0 && lot[at - 1].priority > lot[i].priority)
			at--;
		move(lot, i, at);
	}
}

/* Which one comes first: a number up to and including the sum falls on somebody; those of weight 0 stand in front, so
 * that they have a small chance. Where all are 0, all are alike. */
static unsigned draw_one(const struct lot *lot, unsigned n, uint64_t number)
{
	uint64_t sum = 0, running = 0;
	unsigned zero = n;

	for (unsigned i = 0; i < n; i++) {
		sum += lot[i].weight;
		if (zero == n && lot[i].weight == 0)
			zero = i;
	}
	if (sum == 0)
		return (unsigned)(number % n);
	number %= sum + 1;
	if (number == 0 && zero < n)
		return zero;
	for (unsigned i = 0; i < n; i++) {
		running += lot[i].weight;
		if (lot[i].weight && running >= number)
			return i;
	}
	return 0;
}

void lot_draw(struct lot *lot, unsigned n, struct token_source *tokens)
{
	unsigned end;

	lot_sort(lot, n);
	for (unsigned at = 0; at < n; at = end) {
		for (end = at + 1; end < n && lot[end].priority == lot[at].priority;)
			end++;
		for (; end - at > 1; at++)
			move(lot, at + draw_one(&lot[at], end - at, token_u64(tokens)), at);
	}
}

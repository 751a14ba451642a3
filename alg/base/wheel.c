/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/base/wheel.h"

#include <string.h>

/* Each level shows one byte of the time. A timer sits on the level of the highest byte in which its due time differs
 * from the wheel's: on level 0 every timer of a slot is due in that very millisecond, and on the levels above only
 * slots ahead of the wheel's own are occupied. When the wheel comes to such a slot, its timers move down. */

void wheel_init(struct wheel *w, uint64_t now, void *ctx)
{
	memset(w, 0, sizeof(*w));
	w->now = now;
	w->ctx = ctx;
}

static inline unsigned byte_of(uint64_t time, unsigned level)
{
	return (unsigned)(time >> level * WHEEL_BITS) & (WHEEL_SLOTS - 1);
}

static void link_at(struct timer **head, struct timer *t)
{
	t->next = *head;
	t->link = head;
	if (t->next)
		t->next->link = &t->next;
	*head = t;
}

static void place(struct wheel *w, struct timer *t)
{
	uint64_t at = t->due > w->now ? t->due : w->now;
	unsigned level = at == w->now ? 0 : (63 - (unsigned)__builtin_clzll(at ^ w->now)) / WHEEL_BITS;
	unsigned slot;

	if (level >= WHEEL_LEVELS) {
		link_at(&w->far, t);
		return;
	}
	slot = byte_of(at, level);
	w->busy[level][slot / 64] |= 1ull << slot % 64;
	link_at(&w->slot[level][slot], t);
}

/* A slot that became empty is marked so, lest wheel_next wakes anyone for nothing. */
static void unmark(struct wheel *w, struct timer **link)
{
	uintptr_t base = (uintptr_t)w->slot, at = (uintptr_t)link;
	size_t index = (at - base) / sizeof(*link);

	if (*link || at < base || at >= base + sizeof(w->slot))
		return;
	w->busy[index / WHEEL_SLOTS][index % WHEEL_SLOTS / 64] &= ~(1ull << index % 64);
}

static void unlink_timer(struct timer *t)
{
	*t->link = t->next;
	if (t->next)
		t->next->link = t->link;
	t->next = NULL;
	t->link = NULL;
}

void wheel_del(struct wheel *w, struct timer *t)
{
	struct timer **link = t->link;

	if (!link)
		return;
	unlink_timer(t);
	unmark(w, link);
	w->count--;
}

void wheel_add(struct wheel *w, struct timer *t, uint64_t due, timer_fn *fn)
{
	wheel_del(w, t);
	t->due = due;
	t->fn = fn;
	place(w, t);
	w->count++;
}

/* The first occupied slot at or after from, or WHEEL_SLOTS. */
static unsigned busy_from(const uint64_t *busy, unsigned from)
{
	uint64_t bits;

	if (from >= WHEEL_SLOTS)
		return WHEEL_SLOTS;
	bits = busy[from / 64] & ~0ull << from % 64;
	for (unsigned i = from / 64;; bits = busy[i]) {
		if (bits)
			return i * 64 + (unsigned)__builtin_ctzll(bits);
		if (++i == WHEEL_SLOTS / 64)
			return WHEEL_SLOTS;
	}
}

uint64_t wheel_next(const struct wheel *w)
{
	if (w->count == 0)
		return UINT64_MAX;
	for (unsigned level = 0; level < WHEEL_LEVELS; level++) {
		unsigned slot = busy_from(w->busy[level], byte_of(w->now, level));
		unsigned shift = level * WHEEL_BITS;

		if (slot < WHEEL_SLOTS)
			return (w->now >> shift >> WHEEL_BITS << WHEEL_BITS | slot) << shift;
	}
	return ((w->now >> WHEEL_LEVELS * WHEEL_BITS) + 1) << WHEEL_LEVELS * WHEEL_BITS;
}

/* Takes all timers of a slot into list, turned round: slots are filled at the head, and who came first shall be first.
 */
static void take_slot(struct wheel *w, struct timer **slot, struct timer **list)
{
	struct timer *t;

	while ((t = *slot)) {
		unlink_timer(t);
		link_at(list, t);
	}
	unmark(w, slot);
}

static void move_down(struct wheel *w, struct timer **slot)
{
	struct timer *list = NULL, *t;

	take_slot(w, slot, &list);
	while ((t = list)) {
		unlink_timer(t);
		place(w, t);
	}
}

static void fire(struct wheel *w, struct timer **slot, uint64_t now)
{
	struct timer *list = NULL, *t;

	take_slot(w, slot, &list);
	/* A timer still in the list may be stopped by one before it. */
	while ((t = list)) {
		unlink_timer(t);
		w->count--;
		t->fn(t, w->ctx, now);
	}
}

/* The wheel has come to w->now: whatever higher level turns here gives its timers down, the highest first. */
static void turn(struct wheel *w)
{
	const uint64_t all = (1ull << WHEEL_LEVELS * WHEEL_BITS) - 1;

	if ((w->now & all) == 0)
		move_down(w, &w->far);
	for (unsigned level = WHEEL_LEVELS - 1; level > 0; level--)
		if ((w->now & ((1ull << level * WHEEL_BITS) - 1)) == 0)
			move_down(w, &w->slot[level][byte_of(w->now, level)]);
}

void wheel_advance(struct wheel *w, uint64_t now)
{
	uint64_t next;

	if (now < w->now)
		return;
	while (w->count && (next = wheel_next(w)) <= now) {
		if (next != w->now) {
			w->now = next;
			turn(w);
		}
		fire(w, &w->slot[0][byte_of(w->now, 0)], now);
	}
	w->now = now;
}

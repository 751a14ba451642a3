/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/base/wheel.h"

enum { PROBES = 2000 };

struct probe {
	struct timer timer; /* first: timer_fn gets its address */
	uint64_t fired_at;
	unsigned place; /* in the order of firing, from 1 */
};

/* What the timers of a test share: the wheel's ctx. */
struct scene {
	struct wheel wheel;
	struct probe probe[PROBES];
	unsigned fired;
	uint64_t again_due; /* for fn_again and fn_other */
	struct timer *other;
};

static void fn_note(struct timer *t, void *ctx, uint64_t now)
{
	struct scene *s = ctx;
	struct probe *p = (struct probe *)t;

	assert_true(now >= t->due);
	assert_false(timer_runs(t));
	p->fired_at = now;
	p->place = ++s->fired;
}

static void fn_again(struct timer *t, void *ctx, uint64_t now)
{
	struct scene *s = ctx;

	fn_note(t, ctx, now);
	if (s->fired < 10)
		wheel_add(&s->wheel, t, s->again_due += 7, fn_again);
}

static void fn_start_other(struct timer *t, void *ctx, uint64_t now)
{
	struct scene *s = ctx;

	fn_note(t, ctx, now);
	wheel_add(&s->wheel, s->other, s->again_due, fn_note);
}

static void fn_stop_other(struct timer *t, void *ctx, uint64_t now)
{
	struct scene *s = ctx;

	fn_note(t, ctx, now);
	wheel_del(&s->wheel, s->other);
}

static struct scene *scene_new(uint64_t now)
{
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	wheel_init(&s->wheel, now, s);
	return s;
}

static void fires_at_its_time(void **state)
{
	static const struct {
		const char *name;
		uint64_t start, due;
	} cases[] = {
		{ "at once", 1000, 1000 },
		{ "next ms", 1000, 1001 },
		{ "last slot of a turn", 0, 255 },
		{ "first slot of the next turn", 0, 256 },
		{ "over the turn", 250, 260 },
		{ "second level", 1000, 1000 + 3000 },
		{ "third level", 77, 77 + 200000 },
		{ "fourth level", 123456789, 123456789ull + 86400000 },
		{ "fifth level", 5, 1ull << 33 },
		{ "boundary of all levels at once", (1ull << 32) - 1, 1ull << 32 },
		{ "beyond the wheel", 3, (1ull << 40) + 12345 },
		{ "far beyond the wheel", 3, (5ull << 40) + 12345 },
		{ "wall clock over its 2^40", (1ull << 40) - 1, (1ull << 40) + 1 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scene *s = scene_new(cases[i].start);
		struct probe *p = &s->probe[0];

		wheel_add(&s->wheel, &p->timer, cases[i].due, fn_note);
		assert_true(timer_runs(&p->timer));
		assert_true(wheel_next(&s->wheel) <= cases[i].due);
		if (cases[i].due > cases[i].start) {
			wheel_advance(&s->wheel, cases[i].due - 1);
			if (s->fired)
				fail_msg("%s: fired early", cases[i].name);
			assert_int_equal(wheel_next(&s->wheel), cases[i].due);
		}
		wheel_advance(&s->wheel, cases[i].due);
		if (s->fired != 1 || p->fired_at != cases[i].due)
			fail_msg("%s: did not fire when due", cases[i].name);
		assert_int_equal(s->wheel.count, 0);
		assert_int_equal(wheel_next(&s->wheel), UINT64_MAX);
		free(s);
	}
}

/* One jump over hours: everything fires, by due time. */
static void one_jump_fires_in_order(void **state)
{
	struct scene *s = scene_new(1234567);
	uint64_t seed = 42;
	(void)state;

	for (unsigned i = 0; i < PROBES; i++) {
		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		/* From milliseconds to hours, some of them equal. */
		wheel_add(&s->wheel, &s->probe[i].timer, 1234567 + ((seed >> 40) >> seed % 20), fn_note);
	}
	assert_int_equal(s->wheel.count, PROBES);
	wheel_advance(&s->wheel, 1234567 + (1ull << 24));
	assert_int_equal(s->fired, PROBES);
	assert_int_equal(s->wheel.count, 0);
	for (unsigned i = 0; i < PROBES; i++)
		for (unsigned k = 0; k < i; k++) {
			const struct probe *a = &s->probe[k], *b = &s->probe[i];

			/* k was added before i: it is first unless it is due later. */
			if ((a->timer.due <= b->timer.due) != (a->place < b->place))
				fail_msg("timers %u and %u fired in the wrong order", k, i);
		}
	free(s);
}

/* The same timers in steps that wheel_next says: none fires late, and there are not many idle turns. */
static void steps_of_next_miss_nothing(void **state)
{
	struct scene *s = scene_new(1000);
	uint64_t seed = 7, now = 1000;
	unsigned turns = 0;
	(void)state;

	for (unsigned i = 0; i < PROBES; i++) {
		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		wheel_add(&s->wheel, &s->probe[i].timer, 1000 + (seed >> 42), fn_note);
	}
	while ((now = wheel_next(&s->wheel)) != UINT64_MAX && turns++ < 10 * PROBES)
		wheel_advance(&s->wheel, now);
	assert_int_equal(s->fired, PROBES);
	for (unsigned i = 0; i < PROBES; i++)
		assert_int_equal(s->probe[i].fired_at, s->probe[i].timer.due);
	assert_true(turns < 4 * PROBES);
	free(s);
}

/* Were the wheel to look at every millisecond, this would take years. */
static void empty_time_costs_nothing(void **state)
{
	struct scene *s = scene_new(0);
	(void)state;

	for (uint64_t now = 0; now < 1ull << 50; now += 1ull << 36)
		wheel_advance(&s->wheel, now);
	wheel_add(&s->wheel, &s->probe[0].timer, s->wheel.now + (1ull << 39), fn_note);
	wheel_advance(&s->wheel, s->wheel.now + (1ull << 39));
	assert_int_equal(s->fired, 1);
	free(s);
}

static void past_ones_fire_at_the_next_advance(void **state)
{
	struct scene *s = scene_new(5000);
	(void)state;

	wheel_add(&s->wheel, &s->probe[0].timer, 10, fn_note);
	wheel_add(&s->wheel, &s->probe[1].timer, 5001, fn_note);
	assert_int_equal(wheel_next(&s->wheel), 5000);
	wheel_advance(&s->wheel, 5000);
	assert_int_equal(s->fired, 1);
	assert_int_equal(s->probe[0].fired_at, 5000);
	free(s);
}

static void time_does_not_run_back(void **state)
{
	struct scene *s = scene_new(5000);
	(void)state;

	wheel_add(&s->wheel, &s->probe[0].timer, 5010, fn_note);
	wheel_advance(&s->wheel, 4000);
	assert_int_equal(s->wheel.now, 5000);
	assert_int_equal(s->fired, 0);
	wheel_advance(&s->wheel, 5010);
	assert_int_equal(s->fired, 1);
	free(s);
}

static void stopped_ones_stay_silent(void **state)
{
	static const uint64_t due[] = { 1, 300, 70000, 20000000, 1ull << 33, 1ull << 45 };
	struct scene *s = scene_new(0);
	(void)state;

	for (unsigned i = 0; i < 6; i++)
		wheel_add(&s->wheel, &s->probe[i].timer, due[i], fn_note);
	for (unsigned i = 0; i < 6; i++) {
		wheel_del(&s->wheel, &s->probe[i].timer);
		assert_false(timer_runs(&s->probe[i].timer));
		wheel_del(&s->wheel, &s->probe[i].timer);
	}
	assert_int_equal(s->wheel.count, 0);
	/* Nothing is left marked: a later timer is seen at once. */
	wheel_add(&s->wheel, &s->probe[9].timer, 1ull << 34, fn_note);
	assert_int_equal(wheel_next(&s->wheel), 1ull << 34);
	wheel_advance(&s->wheel, 1ull << 46);
	assert_int_equal(s->fired, 1);
	free(s);
}

/* Two timers in one slot: stopping either leaves the other. */
static void neighbours_survive_a_stop(void **state)
{
	(void)state;
	for (unsigned stopped = 0; stopped < 3; stopped++) {
		struct scene *s = scene_new(0);

		for (unsigned i = 0; i < 3; i++)
			wheel_add(&s->wheel, &s->probe[i].timer, 100, fn_note);
		wheel_del(&s->wheel, &s->probe[stopped].timer);
		assert_int_equal(wheel_next(&s->wheel), 100);
		wheel_advance(&s->wheel, 100);
		assert_int_equal(s->fired, 2);
		assert_int_equal(s->probe[stopped].place, 0);
		free(s);
	}
}

static void restart_moves_a_timer(void **state)
{
	struct scene *s = scene_new(0);
	(void)state;

	wheel_add(&s->wheel, &s->probe[0].timer, 50, fn_note);
	wheel_add(&s->wheel, &s->probe[0].timer, 5000, fn_note);
	assert_int_equal(s->wheel.count, 1);
	wheel_advance(&s->wheel, 4999);
	assert_int_equal(s->fired, 0);
	wheel_advance(&s->wheel, 5000);
	assert_int_equal(s->fired, 1);
	free(s);
}

static void may_start_itself_again(void **state)
{
	struct scene *s = scene_new(0);
	(void)state;

	s->again_due = 7;
	wheel_add(&s->wheel, &s->probe[0].timer, 7, fn_again);
	wheel_advance(&s->wheel, 62);
	assert_int_equal(s->fired, 8);
	wheel_advance(&s->wheel, 1000);
	assert_int_equal(s->fired, 10);
	assert_false(timer_runs(&s->probe[0].timer));
	free(s);
}

/* Started from a timer for a time that the same advance still covers: in its order between the others. */
static void one_starts_another_in_between(void **state)
{
	struct scene *s = scene_new(0);
	(void)state;

	s->other = &s->probe[1].timer;
	s->again_due = 20;
	wheel_add(&s->wheel, &s->probe[0].timer, 10, fn_start_other);
	wheel_add(&s->wheel, &s->probe[2].timer, 30, fn_note);
	wheel_advance(&s->wheel, 100000);
	assert_int_equal(s->probe[0].place, 1);
	assert_int_equal(s->probe[1].place, 2);
	assert_int_equal(s->probe[2].place, 3);
	free(s);
}

static void one_stops_another_of_the_same_ms(void **state)
{
	struct scene *s = scene_new(0);
	(void)state;

	s->other = &s->probe[1].timer;
	wheel_add(&s->wheel, &s->probe[0].timer, 10, fn_stop_other);
	wheel_add(&s->wheel, &s->probe[1].timer, 10, fn_note);
	wheel_add(&s->wheel, &s->probe[2].timer, 10, fn_note);
	wheel_advance(&s->wheel, 10);
	assert_int_equal(s->fired, 2);
	assert_int_equal(s->probe[1].place, 0);
	assert_int_equal(s->probe[2].place, 2);
	assert_int_equal(s->wheel.count, 0);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fires_at_its_time),
		cmocka_unit_test(one_jump_fires_in_order),
		cmocka_unit_test(steps_of_next_miss_nothing),
		cmocka_unit_test(empty_time_costs_nothing),
		cmocka_unit_test(past_ones_fire_at_the_next_advance),
		cmocka_unit_test(time_does_not_run_back),
		cmocka_unit_test(stopped_ones_stay_silent),
		cmocka_unit_test(neighbours_survive_a_stop),
		cmocka_unit_test(restart_moves_a_timer),
		cmocka_unit_test(may_start_itself_again),
		cmocka_unit_test(one_starts_another_in_between),
		cmocka_unit_test(one_stops_another_of_the_same_ms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

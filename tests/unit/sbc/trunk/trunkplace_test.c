/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/trunk/trunkplace.h"

#include "tests/unit/sbc/bench.h"

/* more: further keys of the trunk. */
#define CONF_WITH(more)                                                                                                \
	"{ " BENCH_REALMS ", \"trunks\": { \"t\": { \"realm\": \"internet\", \"peers\": [\"203.0.113.1\"],"            \
	" \"probe\": \"10s\"" more " } } }"
#define CONF CONF_WITH("")

static struct bench bench;
static const struct trunk_place *place;

static int cannot_send(void *ctx, struct flow *to, struct span bytes)
{
	(void)ctx, (void)to, (void)bytes;
	return -1;
}

static void open_place_with(const char *conf)
{
	bench_open(&bench, conf);
	place = trunks_next(&bench.e->trunks, 0, NULL);
	assert_non_null(place);
}

static void open_place(void)
{
	open_place_with(CONF);
}

/* Until the ping number n went out; returns when, ms since the start. */
static uint64_t until_ping(unsigned n)
{
	for (int i = 0; i < 100000; i++) {
		unsigned pings = 0;

		for (unsigned k = 0; k < bench.nsent; k++)
			pings += k == 0 || !span_eq(bench.sent[k].text, bench.sent[k - 1].text);
		if (pings >= n)
			return bench.sent[bench.nsent - 1].at;
		bench_pass(&bench, 1);
	}
	fail_msg("no ping %u", n);
	return 0;
}

/* The first within a quarter of the time, then about every 10 s, never in step (K2: ± jitter). */
static void rhythm(void **state)
{
	uint64_t last, gaps = 0, now;
	bool differ = false;

	(void)state;
	open_place();
	last = until_ping(1);
	assert_in_range(last, 0, 2500);
	bench_answer(&bench, bench.nsent - 1, 200, "", "");
	for (unsigned i = 2; i < 12; i++) {
		now = until_ping(i);
		assert_in_range(now - last, 9000, 11000);
		differ = differ || (gaps && now - last != gaps);
		gaps = now - last;
		last = now;
		bench_answer(&bench, bench.nsent - 1, 200, "", "");
	}
	assert_true(differ);
	assert_int_equal(place->state, TRUNK_UP);
	assert_int_equal(place->status, 200);
	bench_close(&bench);
}

/* Unanswered: 2 s of patience, 1 s, 2 s: down; then as always, and two answers a second apart bring it back. */
static void down_and_up(void **state)
{
	uint64_t first, down;

	(void)state;
	open_place();
	first = until_ping(1);
	bench_pass(&bench, 1999);
	assert_int_equal(place->state, TRUNK_UNPROBED);
	bench_pass(&bench, 1);
	assert_int_equal(place->state, TRUNK_PROBING);
	assert_int_equal(until_ping(2) - first, 3000);
	assert_true(trunkplace_usable(place));
	bench_pass(&bench, 2000);
	assert_int_equal(place->state, TRUNK_DOWN);
	assert_false(trunkplace_usable(place));
	/* The transactions of pings given up are gone, too. */
	assert_int_equal(bench.e->txns.count, 0);
	down = core_now(&bench.e->core) - BENCH_NOW;
	assert_in_range(until_ping(3) - down, 9000, 11000);
	bench_answer(&bench, bench.nsent - 1, 200, "", "");
	assert_int_equal(place->state, TRUNK_PROBING);
	down = core_now(&bench.e->core) - BENCH_NOW;
	assert_int_equal(until_ping(4) - down, 1000);
	bench_answer(&bench, bench.nsent - 1, 200, "", "");
	assert_int_equal(place->state, TRUNK_UP);
	bench_close(&bench);
}

/* One answer, then none: down at once, it was not up yet. */
static void relapse(void **state)
{
	(void)state;
	open_place();
	until_ping(3);
	bench_answer(&bench, bench.nsent - 1, 200, "", "");
	assert_int_equal(place->state, TRUNK_PROBING);
	until_ping(4);
	bench_pass(&bench, 2000);
	assert_int_equal(place->state, TRUNK_DOWN);
	bench_close(&bench);
}

/* FAULTS 13: what can't be sent leaves no doubt, and is not tried in a tight loop. */
static void refused(void **state)
{
	(void)state;
	open_place();
	bench.e->core.out.send = cannot_send;
	bench_pass(&bench, 2501);
	assert_int_equal(place->state, TRUNK_DOWN);
	bench_expect(span_str(bench.log), "is down: it can't be reached");
	bench_pass(&bench, 60000);
	assert_in_range(bench_count(&bench, COUNT_TX_MESSAGE), 5, 9);
	bench_close(&bench);
}

/* A peer that starts again breaks its connections: up again 2 s later, not after the next two pings. */
static void restarted(void **state)
{
	int (*send)(void *ctx, struct flow *to, struct span bytes);
	uint64_t last;

	(void)state;
	open_place();
	until_ping(1);
	bench_answer(&bench, bench.nsent - 1, 200, "", "");
	send = bench.e->core.out.send;
	bench.e->core.out.send = cannot_send;
	while (place->state == TRUNK_UP && core_now(&bench.e->core) < BENCH_NOW + 20000)
		bench_pass(&bench, 1);
	assert_int_equal(place->state, TRUNK_DOWN);
	bench.e->core.out.send = send;
	last = core_now(&bench.e->core) - BENCH_NOW;
	assert_in_range(until_ping(2) - last, 999, 1000);
	bench_answer(&bench, bench.nsent - 1, 200, "", "");
	assert_int_equal(until_ping(3) - last, 2000);
	bench_answer(&bench, bench.nsent - 1, 200, "", "");
	assert_int_equal(place->state, TRUNK_UP);
	bench_close(&bench);
}

/* So many failures in a row, and so many answers, as the trunk's probe-fails and probe-passes say; an answer that is
 * one between the failures begins to count anew. */
static void as_often_as_told(void **state)
{
	static const struct {
		const char *conf;
		unsigned fails, passes;
	} cases[] = {
		{ CONF, 2, 2 },
		{ CONF_WITH(", \"probe-fails\": 1"), 1, 2 },
		{ CONF_WITH(", \"probe-fails\": 4, \"probe-passes\": 1"), 4, 1 },
		{ CONF_WITH(", \"probe-passes\": 3"), 2, 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		unsigned ping = 1;

		open_place_with(cases[i].conf);
		for (unsigned k = 1; k < cases[i].fails; k++) {
			until_ping(ping++);
			bench_pass(&bench, 2000);
			assert_int_equal(place->state, TRUNK_PROBING);
		}
		until_ping(ping++);
		bench_pass(&bench, 2000);
		assert_int_equal(place->state, TRUNK_DOWN);
		for (unsigned k = 1; k < cases[i].passes; k++) {
			until_ping(ping++);
			bench_answer(&bench, bench.nsent - 1, 200, "", "");
			assert_int_equal(place->state, TRUNK_PROBING);
		}
		until_ping(ping++);
		bench_answer(&bench, bench.nsent - 1, 200, "", "");
		assert_int_equal(place->state, TRUNK_UP);
		bench_close(&bench);
	}
}

/* Any answer is a sign of life, but for those that say "not now", and those that the operator names. */
static void answers_that_mean_down(void **state)
{
	static const struct {
		const char *conf;
		uint16_t status;
		unsigned expected;
	} cases[] = {
		{ CONF, 200, TRUNK_UP },
		{ CONF, 404, TRUNK_UP },
		{ CONF, 500, TRUNK_UP },
		{ CONF, 503, TRUNK_PROBING },
		{ CONF, 408, TRUNK_PROBING },
		{ CONF_WITH(", \"probe-bad\": [404, 500]"), 404, TRUNK_PROBING },
		{ CONF_WITH(", \"probe-bad\": [404, 500]"), 500, TRUNK_PROBING },
		{ CONF_WITH(", \"probe-bad\": [404, 500]"), 405, TRUNK_UP },
		{ CONF_WITH(", \"probe-bad\": [404, 500]"), 503, TRUNK_PROBING },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		open_place_with(cases[i].conf);
		until_ping(1);
		bench_answer(&bench, bench.nsent - 1, cases[i].status, "", "");
		assert_int_equal(place->state, cases[i].expected);
		if (cases[i].expected == TRUNK_PROBING) {
			until_ping(2);
			bench_answer(&bench, bench.nsent - 1, cases[i].status, "", "");
			bench_expect(span_str(bench.log),
				     bench_text(&bench, "it answers OPTIONS with %u%c", cases[i].status, 0).p);
		}
		bench_close(&bench);
	}
}

/* A provisional answer is none. */
static void provisional(void **state)
{
	(void)state;
	open_place();
	until_ping(1);
	bench_answer(&bench, bench.nsent - 1, 100, "", "");
	assert_int_equal(place->state, TRUNK_UNPROBED);
	bench_pass(&bench, 2000);
	assert_int_equal(place->state, TRUNK_PROBING);
	bench_close(&bench);
}

static void names_of_states(void **state)
{
	(void)state;
	assert_string_equal(trunk_state_name(TRUNK_UNPROBED), "unprobed");
	assert_string_equal(trunk_state_name(TRUNK_UP), "up");
	assert_string_equal(trunk_state_name(TRUNK_PROBING), "probing");
	assert_string_equal(trunk_state_name(TRUNK_DOWN), "down");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rhythm),
		cmocka_unit_test(down_and_up),
		cmocka_unit_test(relapse),
		cmocka_unit_test(refused),
		cmocka_unit_test(restarted),
		cmocka_unit_test(provisional),
		cmocka_unit_test(names_of_states),
		cmocka_unit_test(as_often_as_told),
		cmocka_unit_test(answers_that_mean_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/fork/fork.h"

#include "sbc/call/leg.h"
#include "tests/unit/sbc/bench.h"

#define LIMITED(branches)                                                                                              \
	"{ " BENCH_REALMS ", " BENCH_TRUNK                                                                             \
	", \"limits\": { \"calls\": 2, \"registrations\": 50, \"transactions\": 100, \"branches\": " branches " } }"

static struct bench bench;

static unsigned invites(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < bench.nsent; i++)
		n += span_starts(bench.sent[i].text, SPAN("INVITE "));
	return n;
}

/* Alice has three phones; the carrier calls, without SDP: nothing is asked of the relay. */
static void call_alice(void)
{
	for (unsigned i = 0; i < 3; i++)
		bench_register(&bench, "alice", bench_text(&bench, "sip:alice@10.0.0.%u:5062%c", 20 + i, 0).p);
	bench_receive(&bench, bench_carrier(&bench),
		      bench_request(&bench, "INVITE", "sip:alice@198.51.100.5", "trunk", 1, "", ""));
}

/* No more branches than limits.branches, at once or one after the other. */
static void not_more_branches_than_allowed(void **state)
{
	static const struct {
		const char *conf;
		unsigned expected;
	} cases[] = { { LIMITED("1"), 1 }, { LIMITED("2"), 2 }, { LIMITED("3"), 3 }, { LIMITED("10"), 3 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		bench_open(&bench, cases[i].conf);
		call_alice();
		assert_int_equal(invites(), cases[i].expected);
		for (unsigned k = 0; k < cases[i].expected; k++)
			bench_answer(&bench, k, 486, "", "");
		assert_int_equal(invites(), cases[i].expected);
		assert_int_equal(bench_last_status(&bench), 486);
		assert_null(bench.e->calls);
		bench_close(&bench);
	}
}

/* All but room are taken. */
static void crowd(struct name names[64], unsigned room)
{
	struct table *t = &bench.e->dialogs;

	for (unsigned n = 0; t->capacity - t->count > room; n++) {
		names[n] = (struct name){ n, n };
		assert_int_equal(table_add(t, name_span(&names[n]), &names[n]), 0);
	}
}

/* More dialogs than calls have as a rule: all phones ring. */
static void a_crowded_table_of_dialogs(void **state)
{
	struct name names[64];
	uint32_t before;

	(void)state;
	bench_open(&bench, LIMITED("10"));
	before = bench.e->dialogs.capacity;
	crowd(names, 1);
	call_alice();
	assert_int_equal(invites(), 3);
	assert_true(bench.e->dialogs.capacity > before);
	bench_close(&bench);
}

/* The most that the limits can come to, and no room for the dialogs of all: those that there is room for ring; for
 * none, the caller is refused. */
static void a_full_table_of_dialogs(void **state)
{
	static const struct {
		unsigned room, expected;
	} cases[] = { { 4, 3 }, { 3, 2 }, { 2, 1 }, { 1, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct name names[64];

		bench_open(&bench, LIMITED("10"));
		assert_int_equal(table_grow(&bench.e->dialogs, 2 * 2 * (1 + 10)), 0);
		crowd(names, cases[i].room);
		call_alice();
		assert_int_equal(invites(), cases[i].expected);
		if (!cases[i].expected)
			assert_int_equal(bench_last_status(&bench), 500);
		bench_close(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(not_more_branches_than_allowed),
		cmocka_unit_test(a_crowded_table_of_dialogs),
		cmocka_unit_test(a_full_table_of_dialogs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/dns/lot.h"

#include "tests/unit/sbc/bench.h"

static struct bench bench;
static struct token_source tokens;

static int open_tokens(void **state)
{
	(void)state;
	memset(&bench, 0, sizeof(bench));
	token_source_init(&tokens, bench_fill, &bench);
	return 0;
}

/* Lowest first; those alike stay as they came. */
static void sorted(void **state)
{
	struct lot lot[] = { { 2, 1, 0 }, { 1, 9, 1 }, { 2, 5, 2 }, { 0, 0, 3 }, { 1, 1, 4 } };
	static const uint16_t expected[] = { 3, 1, 4, 0, 2 };

	(void)state;
	lot_sort(lot, 5);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(lot[i].what, expected[i]);
	lot_sort(lot, 0);
}

/* RFC 2782: how often each comes first, of 10,000 draws; the draws are repeatable. */
static void drawn_by_weight(void **state)
{
	enum { DRAWS = 10000, MOST = 4 };
	static const struct {
		const char *what;
		uint16_t weight[MOST];
		unsigned n, least[MOST], most[MOST];
	} cases[] = {
		{ "one", { 5 }, 1, { DRAWS }, { DRAWS } },
		{ "three to one", { 75, 25 }, 2, { 7300, 2300 }, { 7700, 2700 } },
		{ "all alike", { 10, 10, 10 }, 3, { 3100, 3100, 3100 }, { 3550, 3550, 3550 } },
		{ "no weights", { 0, 0, 0, 0 }, 4, { 2300, 2300, 2300, 2300 }, { 2700, 2700, 2700, 2700 } },
		{ "a weight of 0 has a small chance", { 0, 99 }, 2, { 50, 9800 }, { 200, 9950 } },
		{ "the largest weights", { 65535, 65535 }, 2, { 4800, 4800 }, { 5200, 5200 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		unsigned first[MOST] = { 0 };

		print_message("%s\n", cases[i].what);
		for (unsigned k = 0; k < DRAWS; k++) {
			struct lot lot[MOST];
			unsigned seen = 0;

			for (unsigned j = 0; j < cases[i].n; j++)
				lot[j] = (struct lot){ 7, cases[i].weight[j], (uint16_t)j };
			lot_draw(lot, cases[i].n, &tokens);
			for (unsigned j = 0; j < cases[i].n; j++)
				seen |= 1u << lot[j].what;
			assert_int_equal(seen, (1u << cases[i].n) - 1);
			first[lot[0].what]++;
		}
		for (unsigned j = 0; j < cases[i].n; j++)
			assert_in_range(first[j], cases[i].least[j], cases[i].most[j]);
	}
}

/* A weight is of no use against a priority. */
static void priorities_first(void **state)
{
	(void)state;
	for (unsigned k = 0; k < 100; k++) {
		struct lot lot[] = { { 3, 1000, 0 }, { 1, 1, 1 }, { 1, 1, 2 }, { 2, 0, 3 } };

		lot_draw(lot, 4, &tokens);
		assert_in_range(lot[0].what, 1, 2);
		assert_in_range(lot[1].what, 1, 2);
		assert_int_equal(lot[2].what, 3);
		assert_int_equal(lot[3].what, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(sorted, open_tokens),
		cmocka_unit_test_setup(drawn_by_weight, open_tokens),
		cmocka_unit_test_setup(priorities_first, open_tokens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

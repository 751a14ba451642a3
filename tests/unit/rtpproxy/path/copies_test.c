/* SPDX-License-Identifier: BSD-3-Clause */
/* Who listens to which port, as the worker has it. */
#include "rtpproxy/path/copies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NOBODY, A, B, C, D, PORTS = 20 };

struct stage {
	struct config conf;
	struct flow_table t;
};

static int begin(void **state)
{
	struct stage *s = calloc(1, sizeof(*s));

	s->conf.nrealm = 1;
	s->conf.realms[0].media_first = 10000;
	s->conf.realms[0].media_last = 10000 + PORTS - 1;
	assert_int_equal(addr_parse_host(SPAN("192.0.2.1"), &s->conf.realms[0].address), 0);
	*state = s;
	return flow_table_init(&s->t, &s->conf);
}

static int end(void **state)
{
	struct stage *s = *state;

	flow_table_fini(&s->t);
	free(s);
	return 0;
}

static void copy(struct stage *s, uint32_t from, uint32_t to, const struct payload_map *map)
{
	struct order o = { .kind = ORDER_COPY, .index = from };

	o.copy = copy_new(from, to, map);
	assert_non_null(o.copy);
	copies_order(&s->t, &o);
}

static void uncopy(struct stage *s, uint32_t from, uint32_t to)
{
	const struct order o = { .kind = ORDER_UNCOPY, .index = from, .uncopy = to };

	copies_order(&s->t, &o);
}

static bool hears(const struct stage *s, uint32_t from, uint32_t to)
{
	struct copy *of_source = copy_find(s->t.slow[from].copies, from, from, to),
		    *of_listener = copy_find(s->t.slow[to].copies, to, from, to);

	assert_ptr_equal(of_source, of_listener);
	return of_source != NULL;
}

static unsigned given_back(const struct stage *s)
{
	unsigned n = 0;

	for (const struct copy *c = s->t.copies.top; c; c = c->next[0])
		n++;
	return n;
}

static const struct payload_map as_it_came;

static void a_pair_begins_and_ends(void **state)
{
	struct stage *s = *state;

	copy(s, A, B, &as_it_came);
	assert_true(hears(s, A, B));
	assert_false(hears(s, B, A));
	/* What is heard is looked at; who only listens sends as ever. */
	assert_true(copies_from(&s->t.slow[A], A));
	assert_false(copies_from(&s->t.slow[B], B));
	uncopy(s, A, C);
	uncopy(s, B, A);
	assert_true(hears(s, A, B));
	uncopy(s, A, B);
	assert_false(hears(s, A, B));
	assert_false(copies_from(&s->t.slow[A], A));
	assert_int_equal(given_back(s), 1);
	uncopy(s, A, B);
	assert_int_equal(given_back(s), 1);
}

/* Said again it is the same pair, under the numbers that were said last. */
static void what_is_said_again_is_one(void **state)
{
	struct payload_map map = { 0 };
	struct stage *s = *state;

	copy(s, A, B, &as_it_came);
	assert_false(payload_map_is_set(&copy_find(s->t.slow[A].copies, A, A, B)->map));
	assert_int_equal(payload_map_add(&map, 96, 101), 0);
	copy(s, A, B, &map);
	assert_true(payload_map_is_set(&copy_find(s->t.slow[A].copies, A, A, B)->map));
	assert_int_equal(copy_count(s->t.slow[A].copies, A, COPY_FROM), 1);
	assert_int_equal(given_back(s), 1);
	uncopy(s, A, B);
	assert_false(hears(s, A, B));
}

/* A port of another call must never hear an old source, nor be heard by an old listener. */
static void a_port_that_ends_leaves_no_pair(void **state)
{
	struct stage *s = *state;

	copy(s, A, B, &as_it_came);
	copy(s, C, A, &as_it_came);
	copy(s, C, B, &as_it_came);
	copy(s, A, D, &as_it_came);
	copies_end(&s->t, A);
	assert_null(s->t.slow[A].copies);
	assert_false(hears(s, A, B) || hears(s, C, A) || hears(s, A, D));
	assert_null(s->t.slow[D].copies);
	assert_true(hears(s, C, B));
	assert_int_equal(given_back(s), 3);
	copies_end(&s->t, D);
	assert_int_equal(given_back(s), 3);
}

/* What is left is freed with the table: the sanitizers look. */
static void the_table_ends_with_pairs_in_it(void **state)
{
	struct stage *s = *state;

	copy(s, A, B, &as_it_came);
	copy(s, B, C, &as_it_came);
	copy(s, B, A, &as_it_came);
	uncopy(s, A, B);
	copies_fini(&s->t);
	for (uint32_t i = A; i <= D; i++)
		assert_null(s->t.slow[i].copies);
	assert_null(s->t.copies.top);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_pair_begins_and_ends),
		TEST(what_is_said_again_is_one),
		TEST(a_port_that_ends_leaves_no_pair),
		TEST(the_table_ends_with_pairs_in_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

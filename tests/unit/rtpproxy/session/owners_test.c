/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

#include "rtpproxy/session/owners.h"

enum { SESSIONS = 5 };

struct scene {
	struct owners owners;
	struct owner *w;
	struct session s[SESSIONS];
};

static int begin(void **state)
{
	struct scene *c = calloc(1, sizeof(*c));

	assert_int_equal(owners_init(&c->owners, &(struct hash_key){ 0 }, 42), 0);
	c->w = owners_get(&c->owners, SPAN("node1"));
	assert_non_null(c->w);
	*state = c;
	return 0;
}

static int end(void **state)
{
	struct scene *c = *state;

	owners_fini(&c->owners);
	free(c);
	return 0;
}

static void give(struct scene *c, unsigned at, uint32_t id)
{
	c->s[at].id = id;
	owners_give(c->w, &c->s[at]);
}

/* Both ways round the list: every session once, by id. */
static void assert_order(const struct scene *c, const uint32_t *ids, unsigned n)
{
	const struct session *s = c->w->first;

	assert_int_equal(c->w->n, n);
	for (unsigned i = 0; i < n; i++, s = s->held_next) {
		assert_non_null(s);
		assert_int_equal(s->id, ids[i]);
		assert_ptr_equal(s->holder, c->w);
	}
	assert_null(s);
	s = c->w->last;
	for (unsigned i = n; i > 0; i--, s = s->held_before)
		assert_int_equal(s->id, ids[i - 1]);
	assert_null(s);
}

static void each_name_is_one_owner(void **state)
{
	struct scene *c = *state;
	char name[] = "node2";
	struct owner *w = owners_get(&c->owners, span_str(name));

	assert_ptr_equal(owners_get(&c->owners, SPAN("node1")), c->w);
	assert_ptr_not_equal(w, c->w);
	name[4] = '3'; /* it has the name of its own */
	assert_ptr_equal(owners_find(&c->owners, SPAN("node2")), w);
	assert_null(owners_find(&c->owners, SPAN("node3")));
	assert_true(span_eq(w->name, SPAN("node2")));
}

static void there_are_only_so_many(void **state)
{
	struct scene *c = *state;
	char name[16];

	for (unsigned i = 1; i < OWNERS_MAX; i++) {
		snprintf(name, sizeof(name), "other%u", i);
		assert_non_null(owners_get(&c->owners, span_str(name)));
	}
	assert_null(owners_get(&c->owners, SPAN("one too many")));
	owners_let_go(&c->owners, c->w);
	assert_null(owners_find(&c->owners, SPAN("node1")));
	c->w = owners_get(&c->owners, SPAN("one too many"));
	assert_non_null(c->w);
}

/* Sessions change hands, so that an older one may come later. */
static void sessions_stand_by_age(void **state)
{
	static const uint32_t all[] = { 3, 5, 7, 9, 11 }, some[] = { 5, 9 };
	struct scene *c = *state;

	give(c, 0, 7);
	give(c, 1, 9);
	give(c, 2, 3);
	give(c, 3, 11);
	give(c, 4, 5);
	assert_order(c, all, 5);
	owners_take(&c->s[2]);
	owners_take(&c->s[3]);
	owners_take(&c->s[0]);
	assert_order(c, some, 2);
	assert_null(c->s[0].holder);
	assert_false(span_is_set(c->s[0].owner));
	owners_take(&c->s[0]); /* is nobody's */
	assert_order(c, some, 2);
	owners_take(&c->s[1]);
	owners_take(&c->s[4]);
	assert_order(c, NULL, 0);
}

/* Ids are of 32 bits, and go round. */
static void age_goes_round(void **state)
{
	static const uint32_t all[] = { UINT32_MAX - 1, UINT32_MAX, 2 };
	struct scene *c = *state;

	give(c, 0, 2);
	give(c, 1, UINT32_MAX);
	give(c, 2, UINT32_MAX - 1);
	assert_order(c, all, 3);
	assert_ptr_equal(owners_behind(c->w, UINT32_MAX), &c->s[0]);
}

static void pages_go_on_where_the_last_one_ended(void **state)
{
	struct scene *c = *state;

	for (unsigned i = 0; i < SESSIONS; i++)
		give(c, i, 10 * (i + 1));
	assert_ptr_equal(owners_behind(c->w, 0), &c->s[0]);
	assert_ptr_equal(owners_behind(c->w, 20), &c->s[2]);
	assert_ptr_equal(owners_behind(c->w, 25), &c->s[2]);
	assert_null(owners_behind(c->w, 50));
	/* Where the page ended is remembered, also when that session goes: then it is the one before. */
	c->w->told = &c->s[2];
	assert_ptr_equal(owners_behind(c->w, 30), &c->s[3]);
	owners_take(&c->s[2]);
	assert_ptr_equal(c->w->told, &c->s[1]);
	assert_ptr_equal(owners_behind(c->w, 30), &c->s[3]);
	owners_take(&c->s[0]);
	owners_take(&c->s[1]);
	assert_null(c->w->told);
}

/* It stays while it has a session or a lease that holds. */
static void who_has_nothing_is_forgotten(void **state)
{
	struct scene *c = *state;

	give(c, 0, 1);
	owners_let_go(&c->owners, c->w);
	assert_ptr_equal(owners_find(&c->owners, SPAN("node1")), c->w);
	owners_take(&c->s[0]);
	c->w->leased = true;
	owners_let_go(&c->owners, c->w);
	assert_ptr_equal(owners_find(&c->owners, SPAN("node1")), c->w);
	c->w->lapsed = true;
	owners_let_go(&c->owners, c->w);
	assert_null(owners_find(&c->owners, SPAN("node1")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_name_is_one_owner),
		TEST(there_are_only_so_many),
		TEST(sessions_stand_by_age),
		TEST(age_goes_round),
		TEST(pages_go_on_where_the_last_one_ended),
		TEST(who_has_nothing_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

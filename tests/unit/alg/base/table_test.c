/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <stdio.h>

#include "alg/base/table.h"

enum { OBJECTS = 500 };

struct object {
	char key[24];
	bool present;
};

static struct span key_of(const struct object *o)
{
	return span_str(o->key);
}

static struct table table_of(uint32_t capacity)
{
	static const struct hash_key key = { 1, 2 };
	struct table t;

	assert_int_equal(table_init(&t, capacity, &key), 0);
	return t;
}

static void finds_what_was_added(void **state)
{
	struct table t = table_of(10);
	int a, b;
	(void)state;

	assert_null(table_find(&t, SPAN("a")));
	assert_int_equal(table_add(&t, SPAN("a"), &a), 0);
	assert_int_equal(table_add(&t, SPAN("ab"), &b), 0);
	assert_ptr_equal(table_find(&t, SPAN("a")), &a);
	assert_ptr_equal(table_find(&t, SPAN("ab")), &b);
	assert_null(table_find(&t, SPAN("A")));
	assert_null(table_find(&t, SPAN("")));
	assert_int_equal(t.count, 2);
	table_fini(&t);
}

/* Keys that are hashes are not hashed again; they are told apart by all of their bytes all the same. */
static void finds_what_was_added_by_its_hash(void **state)
{
	static const uint64_t name[3][2] = { { 1, 2 }, { 1, 3 }, { 9, 2 } };
	struct table t;
	(void)state;

	assert_int_equal(table_init(&t, 4, NULL), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(table_add(&t, span_of(name[i], 16), (void *)(uintptr_t)name[i]), 0);
	assert_int_equal(table_add(&t, span_of(name[0], 16), (void *)(uintptr_t)name[0]), -1);
	assert_ptr_equal(table_find(&t, span_of(name[1], 16)), name[1]);
	assert_null(table_find(&t, span_of(name[2], 16)));
	assert_ptr_equal(table_del(&t, span_of(name[0], 16)), name[0]);
	assert_ptr_equal(table_find(&t, span_of(name[1], 16)), name[1]);
	table_fini(&t);
}

/* As much of the hash as a slot has is the same. */
static void tells_keys_apart_whose_slots_look_alike(void **state)
{
	static const uint64_t name[3] = { 7, 7 | UINT64_C(1) << 32, 7 | UINT64_C(2) << 32 };
	struct table t;
	(void)state;

	assert_int_equal(table_init(&t, 4, NULL), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(table_add(&t, span_of(&name[i], 8), (void *)(uintptr_t)&name[i]), 0);
	for (int i = 0; i < 2; i++)
		assert_ptr_equal(table_find(&t, span_of(&name[i], 8)), &name[i]);
	assert_null(table_find(&t, span_of(&name[2], 8)));
	assert_null(table_del(&t, span_of(&name[2], 8)));
	assert_ptr_equal(table_del(&t, span_of(&name[0], 8)), &name[0]);
	assert_ptr_equal(table_find(&t, span_of(&name[1], 8)), &name[1]);
	table_fini(&t);
}

static void keys_may_hold_any_byte(void **state)
{
	struct table t = table_of(4);
	int a, b, c;
	(void)state;

	assert_int_equal(table_add(&t, SPAN("\0x"), &a), 0);
	assert_int_equal(table_add(&t, SPAN("\0y"), &b), 0);
	assert_int_equal(table_add(&t, SPAN(""), &c), 0);
	assert_ptr_equal(table_find(&t, SPAN("\0x")), &a);
	assert_ptr_equal(table_find(&t, SPAN("\0y")), &b);
	assert_ptr_equal(table_find(&t, SPAN("")), &c);
	table_fini(&t);
}

static void a_second_one_of_a_key_is_refused(void **state)
{
	struct table t = table_of(10);
	int a, b;
	(void)state;

	assert_int_equal(table_add(&t, SPAN("k"), &a), 0);
	assert_int_equal(table_add(&t, SPAN("k"), &b), -1);
	assert_ptr_equal(table_find(&t, SPAN("k")), &a);
	assert_int_equal(t.count, 1);
	table_fini(&t);
}

static void full_at_its_capacity(void **state)
{
	(void)state;
	for (uint32_t capacity = 0; capacity < 20; capacity++) {
		struct table t = table_of(capacity);
		char key[20][16];

		for (uint32_t i = 0; i < capacity; i++) {
			snprintf(key[i], sizeof(key[i]), "%u", i);
			assert_int_equal(table_add(&t, span_str(key[i]), key[i]), 0);
		}
		assert_int_equal(table_add(&t, SPAN("more"), &t), -1);
		assert_null(table_find(&t, SPAN("more")));
		if (capacity) {
			assert_ptr_equal(table_del(&t, SPAN("0")), key[0]);
			assert_int_equal(table_add(&t, SPAN("more"), &t), 0);
		}
		table_fini(&t);
	}
}

static void deleting_gives_the_value_once(void **state)
{
	struct table t = table_of(10);
	int a;
	(void)state;

	assert_null(table_del(&t, SPAN("k")));
	assert_int_equal(table_add(&t, SPAN("k"), &a), 0);
	assert_null(table_del(&t, SPAN("other")));
	assert_ptr_equal(table_del(&t, SPAN("k")), &a);
	assert_null(table_del(&t, SPAN("k")));
	assert_null(table_find(&t, SPAN("k")));
	assert_int_equal(t.count, 0);
	table_fini(&t);
}

static void expect_all(const struct table *t, const struct object *o)
{
	uint32_t count = 0;

	for (int i = 0; i < OBJECTS; i++) {
		if (table_find(t, key_of(&o[i])) != (o[i].present ? &o[i] : NULL))
			fail_msg("object %d", i);
		count += o[i].present;
	}
	assert_int_equal(t->count, count);
}

/* A full table, so that runs of slots are long and every deletion has something to move. */
static void deleting_in_any_order_loses_nobody(void **state)
{
	static struct object o[OBJECTS];
	struct table t = table_of(OBJECTS);
	uint64_t seed = 99;
	(void)state;

	for (int i = 0; i < OBJECTS; i++)
		snprintf(o[i].key, sizeof(o[i].key), "call-%d", i);
	for (int turn = 0; turn < 5000; turn++) {
		struct object *one;

		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		one = &o[(seed >> 33) % OBJECTS];
		if (one->present)
			assert_ptr_equal(table_del(&t, key_of(one)), one);
		else
			assert_int_equal(table_add(&t, key_of(one), one), 0);
		one->present = !one->present;
		if (turn % 100 == 0)
			expect_all(&t, o);
	}
	expect_all(&t, o);
	table_fini(&t);
}

static void a_walk_meets_everyone_once(void **state)
{
	static struct object o[OBJECTS];
	struct table t = table_of(OBJECTS);
	struct object *one;
	uint32_t pos = 0, met = 0;
	(void)state;

	assert_null(table_next(&t, &pos));
	for (int i = 0; i < OBJECTS; i++) {
		snprintf(o[i].key, sizeof(o[i].key), "%d", i);
		assert_int_equal(table_add(&t, key_of(&o[i]), &o[i]), 0);
	}
	pos = 0;
	while ((one = table_next(&t, &pos))) {
		assert_false(one->present);
		one->present = true;
		met++;
	}
	assert_int_equal(met, OBJECTS);
	assert_null(table_next(&t, &pos));
	table_fini(&t);
}

/* Whoever is met is deleted, and a stranger comes in his place: all who were there are met. */
static void a_walk_may_delete(void **state)
{
	static struct object o[OBJECTS], stranger = { .key = "stranger" };
	struct table t = table_of(OBJECTS);
	struct object *one;
	uint32_t pos = 0, met = 0;
	(void)state;

	for (int i = 0; i < OBJECTS; i++) {
		snprintf(o[i].key, sizeof(o[i].key), "%d", i);
		assert_int_equal(table_add(&t, key_of(&o[i]), &o[i]), 0);
	}
	while ((one = table_next(&t, &pos))) {
		assert_ptr_equal(table_del(&t, key_of(one)), one);
		if (met++ == 0)
			assert_int_equal(table_add(&t, key_of(&stranger), &stranger), 0);
	}
	assert_int_equal(met, OBJECTS);
	assert_int_equal(t.count, 1);
	assert_ptr_equal(table_find(&t, key_of(&stranger)), &stranger);
	table_fini(&t);
}

/* Few come and go: they stay in the same few places, which are warm, however many there are. */
static void a_place_that_was_left_is_taken_first(void **state)
{
	struct table t = table_of(OBJECTS);
	struct object o = { 0 };
	(void)state;

	assert_int_equal(table_add(&t, SPAN("stays"), &t), 0);
	for (int i = 0; i < 3 * OBJECTS; i++) {
		snprintf(o.key, sizeof(o.key), "%d", i);
		assert_int_equal(table_add(&t, key_of(&o), &o), 0);
		assert_ptr_equal(table_del(&t, key_of(&o)), &o);
	}
	assert_int_equal(t.used, 2);
	assert_int_equal(t.mask, 63);
	assert_ptr_equal(table_find(&t, SPAN("stays")), &t);
	table_fini(&t);
}

/* As many slots are in use as the entries need, half of them empty, and never more than there is room for. */
static void slots_double_where_half_are_taken(void **state)
{
	static struct object o[OBJECTS];
	struct table t = table_of(OBJECTS);
	const size_t bytes = table_bytes(&t);
	(void)state;

	for (uint32_t i = 0; i < OBJECTS; i++) {
		snprintf(o[i].key, sizeof(o[i].key), "%u", i);
		assert_int_equal(table_add(&t, key_of(&o[i]), &o[i]), 0);
		assert_true(t.mask == 63 || (t.mask < 4 * (i + 1) && t.mask < 1024));
		assert_true(2 * (i + 1) <= t.mask + 1);
		assert_int_equal(table_add(&t, key_of(&o[i]), &o[i]), -1);
		for (uint32_t k = 0; k <= i; k++)
			assert_ptr_equal(table_find(&t, key_of(&o[k])), &o[k]);
	}
	assert_int_equal(table_bytes(&t), bytes);
	table_fini(&t);
}

static void cleared_it_is_as_new(void **state)
{
	static struct object o[OBJECTS];
	struct table t = table_of(OBJECTS);
	uint32_t pos = 0;
	(void)state;

	for (int turn = 0; turn < 2; turn++) {
		for (int i = 0; i < OBJECTS; i++) {
			snprintf(o[i].key, sizeof(o[i].key), "%d", i);
			assert_int_equal(table_add(&t, key_of(&o[i]), &o[i]), 0);
		}
		assert_ptr_equal(table_del(&t, SPAN("7")), &o[7]);
		table_clear(&t);
		assert_int_equal(t.count, 0);
		assert_null(table_next(&t, &pos));
		for (int i = 0; i < OBJECTS; i++)
			assert_null(table_find(&t, key_of(&o[i])));
	}
	table_fini(&t);
}

/* More than a huge page of memory, and not a multiple of it: the last of its places is there all the same. */
static void a_large_one_has_room_for_all(void **state)
{
	enum { LARGE = 50000 };
	struct table t = table_of(LARGE);
	struct object *o = calloc(LARGE, sizeof(*o));
	(void)state;

	assert_non_null(o);
	assert_true(table_bytes(&t) > 2 << 20 && table_bytes(&t) % (2 << 20) != 0);
	for (unsigned i = 0; i < LARGE; i++) {
		snprintf(o[i].key, sizeof(o[i].key), "%u", i);
		assert_int_equal(table_add(&t, key_of(&o[i]), &o[i]), 0);
	}
	for (unsigned i = 0; i < LARGE; i++)
		assert_ptr_equal(table_find(&t, key_of(&o[i])), &o[i]);
	table_fini(&t);
	free(o);
}

static void tells_its_memory(void **state)
{
	struct table t = table_of(100);
	(void)state;

	assert_int_equal(table_bytes(&t), 256 * 8 + 100 * 24);
	table_fini(&t);
	assert_int_equal(table_bytes(&t), 0);
}

static void after_the_end_it_is_empty(void **state)
{
	struct table t = table_of(3);
	uint32_t pos = 0;
	int a;
	(void)state;

	assert_int_equal(table_add(&t, SPAN("k"), &a), 0);
	table_fini(&t);
	assert_null(table_find(&t, SPAN("k")));
	assert_null(table_del(&t, SPAN("k")));
	assert_null(table_next(&t, &pos));
	assert_int_equal(table_add(&t, SPAN("k"), &a), -1);
}

/* Nothing is lost on the way to more room, whether keys are hashed or are hashes; less room is never made. */
static void grows(void **state)
{
	static struct object objects[OBJECTS];
	struct table t = table_of(4);
	(void)state;

	for (unsigned i = 0; i < OBJECTS; i++) {
		snprintf(objects[i].key, sizeof(objects[i].key), "call-%u", i);
		if (t.count == t.capacity) {
			assert_int_equal(table_add(&t, key_of(&objects[i]), &objects[i]), -1);
			assert_int_equal(table_grow(&t, 2 * t.capacity), 0);
		}
		assert_int_equal(table_add(&t, key_of(&objects[i]), &objects[i]), 0);
	}
	assert_int_equal(table_grow(&t, 4), 0);
	assert_int_equal(t.capacity, 512);
	assert_int_equal(t.count, OBJECTS);
	for (unsigned i = 0; i < OBJECTS; i++)
		assert_ptr_equal(table_find(&t, key_of(&objects[i])), &objects[i]);
	/* Places that were left before it grew are taken again. */
	assert_ptr_equal(table_del(&t, key_of(&objects[3])), &objects[3]);
	assert_int_equal(table_grow(&t, 2 * t.capacity), 0);
	assert_int_equal(table_add(&t, key_of(&objects[3]), &objects[3]), 0);
	assert_int_equal(t.used, OBJECTS);
	for (unsigned i = 0; i < OBJECTS; i++)
		assert_ptr_equal(table_del(&t, key_of(&objects[i])), &objects[i]);
	assert_int_equal(t.count, 0);
	table_fini(&t);
}

static void grows_where_keys_are_hashes(void **state)
{
	static const uint64_t name[3][2] = { { 1, 2 }, { 1, 3 }, { 9, 2 } };
	struct table t;
	(void)state;

	assert_int_equal(table_init(&t, 2, NULL), 0);
	assert_int_equal(table_add(&t, span_of(name[0], 16), (void *)name[0]), 0);
	assert_int_equal(table_add(&t, span_of(name[1], 16), (void *)name[1]), 0);
	assert_int_equal(table_grow(&t, 3), 0);
	assert_int_equal(table_add(&t, span_of(name[2], 16), (void *)name[2]), 0);
	for (int i = 0; i < 3; i++)
		assert_ptr_equal(table_find(&t, span_of(name[i], 16)), name[i]);
	table_fini(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_was_added),
		cmocka_unit_test(finds_what_was_added_by_its_hash),
		cmocka_unit_test(tells_keys_apart_whose_slots_look_alike),
		cmocka_unit_test(keys_may_hold_any_byte),
		cmocka_unit_test(a_second_one_of_a_key_is_refused),
		cmocka_unit_test(full_at_its_capacity),
		cmocka_unit_test(deleting_gives_the_value_once),
		cmocka_unit_test(deleting_in_any_order_loses_nobody),
		cmocka_unit_test(a_walk_meets_everyone_once),
		cmocka_unit_test(a_walk_may_delete),
		cmocka_unit_test(a_place_that_was_left_is_taken_first),
		cmocka_unit_test(slots_double_where_half_are_taken),
		cmocka_unit_test(cleared_it_is_as_new),
		cmocka_unit_test(a_large_one_has_room_for_all),
		cmocka_unit_test(tells_its_memory),
		cmocka_unit_test(grows),
		cmocka_unit_test(grows_where_keys_are_hashes),
		cmocka_unit_test(after_the_end_it_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

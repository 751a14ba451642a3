/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/store/bankeep.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NOW = 1000000, WALL = 1700000000 };

static const struct hash_key key = { 3, 4 };
static struct core core;
static struct bans bans;
static struct bankeep *keep;
static struct banrecord out[BANKEEP_BATCH];
static unsigned woken;

static int64_t on_wall(void)
{
	return WALL;
}

static void on_wake(void *ctx)
{
	(void)ctx;
	woken++;
}

static void on_log(void *ctx, enum log_level level, const char *line)
{
	(void)ctx, (void)level, (void)line;
}

static int open_all(void **state)
{
	(void)state;
	core = (struct core){ .log = { LOG_ERROR_LEVEL, on_log, NULL } };
	wheel_init(&core.wheel, NOW, NULL);
	woken = 0;
	if (bans_init(&bans, &core, &key) || !(keep = bankeep_new(&bans, on_wall)))
		return -1;
	keep->wake = on_wake;
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	bankeep_free(keep);
	bans_fini(&bans);
	return 0;
}

static struct prefix host(unsigned i)
{
	char text[32];
	struct prefix p;

	snprintf(text, sizeof(text), "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
	assert_int_equal(prefix_parse(span_str(text), &p), 0);
	return p;
}

static struct ban *ban(unsigned i)
{
	struct bans_reason reason = { .why = EVIDENCE_SCANNER, .sample = SPAN("x"), .realm = "lan" };
	struct prefix p = host(i);

	return bans_add(&bans, &p, 600, &reason);
}

static void each_change_is_told_once(void **state)
{
	struct prefix whom = host(1);
	uint32_t row;

	(void)state;
	row = ban(1)->row;
	assert_true(woken > 0);
	ban(1);
	ban(2);
	assert_int_equal(bankeep_pack(keep, out), 2);
	assert_int_equal(out[0].row, row);
	assert_string_equal(out[0].network, "10.0.0.1/32");
	assert_int_equal(out[0].strikes, 2);
	assert_int_equal(out[1].until, WALL + 600);
	bankeep_written(keep, true);
	assert_int_equal(bankeep_pack(keep, out), 0);
	assert_true(bans_lift(&bans, &whom));
	assert_int_equal(bankeep_pack(keep, out), 1);
	assert_int_equal(out[0].row, row);
	assert_true(out[0].gone);
}

/* That it is over needs no word: the file says when. That it is forgotten does. */
static void what_time_does(void **state)
{
	(void)state;
	ban(1);
	assert_int_equal(bankeep_pack(keep, out), 1);
	wheel_advance(&core.wheel, NOW + 601000);
	assert_int_equal(bankeep_pack(keep, out), 0);
	wheel_advance(&core.wheel, NOW + 602000 + 1000ULL * BAN_MEMORY_S);
	assert_int_equal(bankeep_pack(keep, out), 1);
	assert_true(out[0].gone);
}

static void what_was_not_written_comes_again(void **state)
{
	(void)state;
	ban(1);
	assert_int_equal(bankeep_pack(keep, out), 1);
	bankeep_written(keep, false);
	assert_int_equal(keep->nchanged, 1);
	assert_int_equal(bankeep_pack(keep, out), 1);
	bankeep_written(keep, true);
	assert_int_equal(keep->nchanged, 0);
	bankeep_all(keep);
	assert_int_equal(bankeep_pack(keep, out), 1);
	assert_false(out[0].gone);
}

/* With the file out of reach: one after the other gives way, and no more is held than there are rows. */
static void a_flood_of_them(void **state)
{
	unsigned n, all = 0;

	(void)state;
	for (unsigned i = 0; i < BANS_MAX + 5000; i++)
		ban(i);
	assert_int_equal(bans.list[0].n, BANS_MAX);
	assert_true(keep->nchanged <= BANS_ROWS);
	while ((n = bankeep_pack(keep, out))) {
		for (unsigned i = 0; i < n; i++)
			all += !out[i].gone;
		bankeep_written(keep, true);
	}
	assert_int_equal(all, BANS_MAX);
}

static void restored(void **state)
{
	struct ban what = { .whom = host(9), .why = EVIDENCE_PASSWORD, .strikes = 2, .until = NOW + 60000 }, *is;

	(void)state;
	assert_int_equal(bans_restore(&bans, 77, &what), 0);
	assert_int_equal(bankeep_pack(keep, out), 0); /* the file has it */
	is = bans.rows[77];
	assert_non_null(is);
	assert_ptr_equal(bans_of(&bans, &what.whom.base, is->name), is);
	assert_int_equal(bans_restore(&bans, 78, &what), -1); /* twice the same */
	what.whom = host(10);
	assert_int_equal(bans_restore(&bans, 77, &what), -1);
	assert_int_equal(bans_restore(&bans, BANS_ROWS, &what), -1);
	what.over = true;
	what.until = NOW - 60000;
	assert_int_equal(bans_restore(&bans, 78, &what), 0);
	assert_null(bans_of(&bans, &what.whom.base, bans.rows[78]->name));
	assert_int_equal(ban(10)->strikes, 3); /* the file remembers for us */
	wheel_advance(&core.wheel, NOW + 61000);
	assert_null(bans_of(&bans, &is->whom.base, is->name));
	assert_int_equal(bans.count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_all, close_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_change_is_told_once), TEST(what_time_does), TEST(what_was_not_written_comes_again),
		TEST(a_flood_of_them),          TEST(restored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

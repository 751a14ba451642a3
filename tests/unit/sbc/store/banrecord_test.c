/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/store/banrecord.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { NOW = 50000000, WALL = 1700000000, HOUR = 3600 };

static struct banrecord record(int64_t since, int64_t until)
{
	return (struct banrecord){ .row = 7,
				   .network = "192.0.2.1/32",
				   .reason = "scanner",
				   .realm = "lan",
				   .sample = "what it did",
				   .strikes = 3,
				   .dropped = 12,
				   .since = WALL + since,
				   .until = WALL + until };
}

static void when_it_ends(void **state)
{
	static const struct {
		int64_t since, until;
		enum banrecord_end end;
		bool over;
		int64_t left_s;
	} cases[] = {
		{ -60, 540, BANRECORD_RESTORED, false, 540 },
		{ 0, 1, BANRECORD_RESTORED, false, 1 },
		{ -600, 0, BANRECORD_RESTORED, true, 0 },
		{ -2 * HOUR, -HOUR, BANRECORD_RESTORED, true, -HOUR },
		{ -BAN_MEMORY_S - 60, -BAN_MEMORY_S, BANRECORD_EXPIRED, false, 0 },
		{ 1000 * HOUR, 1001 * HOUR, BANRECORD_RESTORED, false, HOUR }, /* the clock was set back */
		{ 60, 60, BANRECORD_BROKEN, false, 0 },
		{ 60, 0, BANRECORD_BROKEN, false, 0 },
		{ -60, (int64_t)1 << 40, BANRECORD_BROKEN, false, 0 },
		{ -WALL - 1, 60, BANRECORD_BROKEN, false, 0 },
	};
	const struct moment m = { NOW, WALL };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct banrecord r = record(cases[i].since, cases[i].until);
		struct ban ban;

		assert_int_equal(banrecord_read(&r, &m, &ban), cases[i].end);
		if (cases[i].end)
			continue;
		assert_int_equal(ban.over, cases[i].over);
		assert_int_equal((int64_t)(ban.until - NOW), cases[i].left_s * 1000);
	}
}

static void what_is_not_understood(void **state)
{
	static const struct {
		const char *network, *reason;
	} cases[] = {
		{ "", "scanner" },           { "nobody", "scanner" },       { "0.0.0.0/0", "scanner" },
		{ "::/0", "scanner" },       { "192.0.2.1/33", "scanner" }, { "192.0.2.1/32", "" },
		{ "192.0.2.1/32", "bored" }, { "192.0.2.1/32", "Scanner" },
	};
	const struct moment m = { NOW, WALL };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct banrecord r = record(-60, 60);
		struct ban ban;

		snprintf(r.network, sizeof(r.network), "%s", cases[i].network);
		snprintf(r.reason, sizeof(r.reason), "%s", cases[i].reason);
		assert_int_equal(banrecord_read(&r, &m, &ban), BANRECORD_BROKEN);
	}
}

static void there_and_back(void **state)
{
	static const char *const networks[] = { "192.0.2.1/32", "198.51.100.0/24", "2001:db8::/64", "2001:db8::/32" };
	const struct moment m = { NOW, WALL }, later = { 5000, WALL + 10 };

	(void)state;
	for (size_t i = 0; i < sizeof(networks) / sizeof(*networks); i++) {
		struct banrecord r = record(-60, 600), again;
		struct ban ban;

		snprintf(r.network, sizeof(r.network), "%s", networks[i]);
		assert_int_equal(banrecord_read(&r, &m, &ban), BANRECORD_RESTORED);
		ban.row = 7;
		banrecord_of(&again, &ban, &m);
		assert_memory_equal(&r, &again, sizeof(r));
		assert_int_equal(banrecord_read(&again, &later, &ban), BANRECORD_RESTORED);
		assert_int_equal(ban.until, 5000 + 590 * 1000);
		assert_int_equal(ban.strikes, 3);
		assert_int_equal(ban.dropped, 12);
		assert_string_equal(ban.sample, "what it did");
	}
}

static void what_is_gone(void **state)
{
	struct ban ban = { .over = true, .strikes = 0 };
	const struct moment m = { NOW, WALL };
	struct banrecord r;

	(void)state;
	banrecord_of(&r, NULL, &m);
	assert_true(r.gone);
	banrecord_of(&r, &ban, &m); /* lifted */
	assert_true(r.gone);
	ban.strikes = 1; /* over by itself: remembered */
	ban.whom.base.family = ADDR_V4;
	banrecord_of(&r, &ban, &m);
	assert_false(r.gone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(when_it_ends),
		cmocka_unit_test(what_is_not_understood),
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(what_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/guard/bans.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const struct hash_key key = { 3, 4 };
static struct core core;
static struct bans bans;

struct heard {
	unsigned n;
	struct prefix whom;
	uint32_t seconds;
};

static void on_enforce(void *ctx, const struct prefix *whom, uint32_t seconds)
{
	struct heard *h = ctx;

	h->n++;
	h->whom = *whom;
	h->seconds = seconds;
}

static void on_log(void *ctx, enum log_level level, const char *line)
{
	(void)ctx, (void)level, (void)line;
}

static int open_bans(void **state)
{
	(void)state;
	core = (struct core){ .log = { LOG_DEBUG, on_log, NULL } };
	wheel_init(&core.wheel, 1000, NULL);
	return bans_init(&bans, &core, &key);
}

static int close_bans(void **state)
{
	(void)state;
	bans_fini(&bans);
	return 0;
}

static struct prefix prefix(const char *text)
{
	struct prefix p;

	assert_int_equal(prefix_parse(span_str(text), &p), 0);
	return p;
}

static bool is_banned(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(span_str(text), 5060, &a), 0);
	return bans_of(&bans, &a, origin_host(&key, &a)) != NULL;
}

static struct ban *ban(const char *whom, uint32_t seconds, enum evidence why, bool forged)
{
	struct bans_reason reason = { why, SPAN("what \r\n it did"), "lan", forged };
	struct prefix p = prefix(whom);

	return bans_add(&bans, &p, seconds, &reason);
}

static void whom_it_holds_for(void **state)
{
	static const struct {
		const char *whom, *at;
		bool is;
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1", true },         { "192.0.2.1", "192.0.2.2", false },
		{ "192.0.2.0/24", "192.0.2.200", true },    { "192.0.2.0/24", "192.0.3.1", false },
		{ "2001:db8::/64", "[2001:db8::9]", true }, { "2001:db8::/64", "[2001:db8:1::9]", false },
		{ "2001:db8::7", "[2001:db8::7]", true },   { "2001:db8::7", "[2001:db8::9]", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		open_bans(state);
		assert_non_null(ban(cases[i].whom, 60, EVIDENCE_BY_HAND, false));
		assert_int_equal(is_banned(cases[i].at), cases[i].is);
		close_bans(state);
	}
}

static void it_ends_and_is_longer_the_next_time(void **state)
{
	static const struct {
		enum evidence why;
		bool forged;
		unsigned seconds[4];
	} cases[] = {
		{ EVIDENCE_PASSWORD, false, { 100, 400, 1600, 6400 } },
		{ EVIDENCE_SCANNER, true, { 100, 400, 600, 600 } }, /* what may be forged never costs more */
		{ EVIDENCE_BY_HAND, false, { 100, 100, 100, 100 } },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		open_bans(state);
		for (unsigned k = 0; k < 4; k++) {
			struct ban *b = ban("192.0.2.1", 100, cases[i].why, cases[i].forged);

			assert_int_equal(ban_left_s(b, core.wheel.now), cases[i].seconds[k]);
			assert_string_equal(b->sample, "what ?? it did");
			wheel_advance(&core.wheel, b->until - 1);
			assert_true(is_banned("192.0.2.1"));
			wheel_advance(&core.wheel, b->until);
			assert_false(is_banned("192.0.2.1"));
			assert_int_equal(bans.count, 0);
		}
		close_bans(state);
	}
}

static void it_is_forgotten_after_a_day(void **state)
{
	(void)state;
	ban("192.0.2.1", 100, EVIDENCE_PASSWORD, false);
	wheel_advance(&core.wheel, core.wheel.now + 1000ULL * (100 + BAN_MEMORY_S));
	assert_int_equal(bans.list[0].n, 0);
	assert_int_equal(ban_left_s(ban("192.0.2.1", 100, EVIDENCE_PASSWORD, false), core.wheel.now), 100);
}

static void enforcers_are_told(void **state)
{
	struct heard h = { 0 }, late = { 0 };
	struct bans_enforcer who = { on_enforce, &h }, other = { on_enforce, &late };
	struct prefix p = prefix("192.0.2.1");

	(void)state;
	assert_int_equal(bans_enforce_by(&bans, &who), 0);
	ban("192.0.2.1", 100, EVIDENCE_PASSWORD, false);
	assert_int_equal(h.n, 1);
	assert_int_equal(h.seconds, 100);
	assert_int_equal(h.whom.bits, 32);
	wheel_advance(&core.wheel, core.wheel.now + 40000);
	assert_int_equal(bans_enforce_by(&bans, &other), 0);
	assert_int_equal(late.n, 1);
	assert_int_equal(late.seconds, 60);
	assert_true(bans_lift(&bans, &p));
	assert_int_equal(h.n, 2);
	assert_int_equal(h.seconds, 0);
	assert_false(bans_lift(&bans, &p));
	assert_int_equal(bans_enforce_by(&bans, &other), -1);
}

static void walking(void **state)
{
	static const char *const whom[] = { "192.0.2.1", "10.0.0.0/8", "192.0.2.2", "2001:db8::/32" };
	const struct ban *b = NULL;
	unsigned n = 0;

	(void)state;
	for (unsigned i = 0; i < 4; i++)
		ban(whom[i], i == 2 ? 10 : 100, EVIDENCE_BY_HAND, false);
	wheel_advance(&core.wheel, core.wheel.now + 20000);
	while ((b = bans_next(&bans, b)))
		n++;
	assert_int_equal(n, 3);
	assert_int_equal(bans.count, 3);
}

/* More hosts than there is room for: the oldest is let go; more networks are refused. */
static void it_stays_within_bounds(void **state)
{
	char text[64];

	(void)state;
	for (unsigned i = 0; i <= BANS_MAX; i++) {
		snprintf(text, sizeof(text), "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
		assert_non_null(ban(text, 1000, EVIDENCE_SCANNER, true));
	}
	assert_int_equal(bans.count, BANS_MAX);
	assert_false(is_banned("10.0.0.0"));
	assert_true(is_banned("10.0.0.1"));
	for (unsigned i = 0; i <= BANS_WIDE_MAX; i++) {
		snprintf(text, sizeof(text), "172.16.%u.0/24", i);
		assert_int_equal(ban(text, 1000, EVIDENCE_BY_HAND, false) != NULL, i < BANS_WIDE_MAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whom_it_holds_for),
		cmocka_unit_test(it_ends_and_is_longer_the_next_time),
		cmocka_unit_test_setup_teardown(it_is_forgotten_after_a_day, open_bans, close_bans),
		cmocka_unit_test_setup_teardown(enforcers_are_told, open_bans, close_bans),
		cmocka_unit_test_setup_teardown(walking, open_bans, close_bans),
		cmocka_unit_test_setup_teardown(it_stays_within_bounds, open_bans, close_bans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

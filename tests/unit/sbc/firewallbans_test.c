/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewallbans.h"

#include "tests/unit/sbc/firewallbench.h"

static struct bench bench;
static struct bans *bans;

static int open_bench(void **state)
{
	(void)state;
	firewallbench_open(&bench, BENCH_CONF);
	bans = &bench.e->guard.bans;
	return 0;
}

static int close_bench(void **state)
{
	(void)state;
	bench_close(&bench);
	return 0;
}

static struct prefix prefix(const char *text)
{
	struct prefix p;

	assert_int_equal(prefix_parse(span_str(text), &p), 0);
	return p;
}

static void ban(const char *whom, uint32_t seconds)
{
	const struct bans_reason reason = { .why = EVIDENCE_BY_HAND };
	struct prefix p = prefix(whom);

	assert_non_null(bans_add(bans, &p, seconds, &reason));
}

static void lift(const char *whom)
{
	struct prefix p = prefix(whom);

	assert_true(bans_lift(bans, &p));
}

static void ask_is(unsigned i, enum firewall_verb verb, const char *whom, uint32_t seconds)
{
	const struct firewall_request *r = &firewallbench.asked[i];
	struct prefix p = prefix(whom);

	assert_int_equal(r->verb, verb);
	assert_true(addr_same_host(&r->ban.whom.base, &p.base));
	assert_int_equal(r->ban.whom.bits, p.bits);
	assert_int_equal(r->ban.seconds, seconds);
}

/* In the order in which it happened. */
static void told_at_once(void **state)
{
	(void)state;
	firewallbench_comes();
	ban("203.0.113.9/32", 600);
	lift("203.0.113.9/32");
	ban("2001:db8::/48", 100 * 86400);
	assert_string_equal(firewallbench_asked(), "ban;unban;ban;");
	ask_is(0, FIREWALL_BAN, "203.0.113.9", 600);
	ask_is(1, FIREWALL_UNBAN, "203.0.113.9", 0);
	ask_is(2, FIREWALL_BAN, "2001:db8::/48", FIREWALL_SECONDS_MAX);
	firewallbench_answer(FIREWALL_DONE);
	assert_null(bench.e->firewallbans.first);
	assert_int_equal(bench.e->firewallbans.n, 0);
}

/* One that comes is told of all that hold, and of what was lifted while it was away. */
static void told_again(void **state)
{
	(void)state;
	ban("203.0.113.8/32", 600);
	firewallbench_comes();
	ban("203.0.113.9/32", 600);
	firewallbench_flush();
	firewalllink_lost(&bench.e->firewall, "gone");
	firewallbench.n = 0;
	ban("203.0.113.10/32", 600);
	lift("203.0.113.8/32");
	engine_advance(bench.e, BENCH_NOW + 100000);
	firewalllink_connected(&bench.e->firewall);
	assert_string_equal(firewallbench_asked(), "hello;list;unban;ban;ban;");
	ask_is(2, FIREWALL_UNBAN, "203.0.113.8", 0);
	ask_is(3, FIREWALL_BAN, "203.0.113.9", 500);
	ask_is(4, FIREWALL_BAN, "203.0.113.10", 500);
	firewallbench_answer(FIREWALL_DONE);
	assert_int_equal(bench.e->firewallbans.n, 0);
}

static void it_is_refused(void **state)
{
	(void)state;
	firewallbench_comes();
	ban("203.0.113.9/32", 600);
	ban("203.0.113.10/32", 600);
	firewallbench_flush();
	firewallbench_answer(FIREWALL_FULL);
	bench_expect(span_str(bench.log), "did not ban 203.0.113.9/32: it holds no more");
	bench_expect_no(span_str(bench.log), "did not ban 203.0.113.10"); /* one line is enough */
	/* Again a second later, for what is left; what was lifted meanwhile is not banned any more. */
	assert_int_equal(bench.e->firewallbans.n, 2);
	lift("203.0.113.10/32");
	assert_int_equal(bench.e->firewallbans.n, 2);
	firewallbench_flush();
	firewallbench_answer(FIREWALL_NO_SUCH);
	assert_int_equal(bench.e->firewallbans.n, 1);
	bench_pass(&bench, FIREWALLLINK_AGAIN_MS + 500);
	assert_string_equal(firewallbench_asked(), "ban;");
	ask_is(0, FIREWALL_BAN, "203.0.113.9", 599);
	firewallbench_answer(FIREWALL_DONE);
	assert_int_equal(bench.e->firewallbans.n, 0);
	bench_expect(span_str(bench.log), "does all that it is asked again");
}

static void nobody(void *ctx, struct span datagram)
{
	(void)ctx, (void)datagram;
}

static void so_many_lifted(void **state)
{
	(void)state;
	bench.e->core.out.relay = bench.e->core.out.relay_later = nobody; /* which is told of bans, too */
	for (unsigned i = 0; i < FIREWALLBANS_LIFTED + 10; i++) {
		char whom[32];

		snprintf(whom, sizeof(whom), "10.1.%u.%u/32", i / 256, i % 256);
		ban(whom, 600);
		lift(whom);
	}
	assert_int_equal(bench.e->firewallbans.n, FIREWALLBANS_LIFTED);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_bench, close_bench)
	const struct CMUnitTest tests[] = {
		TEST(told_at_once),
		TEST(told_again),
		TEST(it_is_refused),
		TEST(so_many_lifted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

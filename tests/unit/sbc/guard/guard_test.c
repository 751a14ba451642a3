/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/guard/guard.h"

#include "tests/unit/sbc/bench.h"

#define CONF                                                                                                           \
	"{ \"realms\": { \"lan\": { \"address\": \"10.0.0.5\", \"media\": { \"ports\": \"10000-10099\" },"             \
	" \"phones\": { \"domains\": [\"example.com\"] },"                                                             \
	" \"guard\": { \"per-source\": 10, \"failed-auth\": 4, \"ban\": \"10m\" } },"                                  \
	" \"internet\": { \"address\": \"198.51.100.5\", \"media\": { \"ports\": \"20000-20099\" } } }, " BENCH_TRUNK  \
	", \"guard\": { \"allow\": [ \"10.0.9.0/24\" ] }, " BENCH_LIMITS " }"

static struct bench bench;

static int open_bench(void **state)
{
	(void)state;
	bench_open(&bench, CONF);
	return 0;
}

static int close_bench(void **state)
{
	(void)state;
	bench_close(&bench);
	return 0;
}

/* How many of n messages at once may pass. */
static unsigned passing(const struct flow *from, unsigned n)
{
	unsigned passed = 0;

	while (n-- > 0) {
		enum guard_verdict v = guard_look(bench.e, from);

		passed += v == GUARD_PASS || v == GUARD_STRANGER;
	}
	return passed;
}

static void fail_times(const struct flow *from, unsigned n, const char *user)
{
	while (n-- > 0)
		guard_evidence(bench.e, from, EVIDENCE_PASSWORD, true, span_str(user), SPAN("x"));
}

static void how_much_who_may_say(void **state)
{
	static const struct {
		const char *realm, *peer;
		unsigned passed;
	} cases[] = {
		{ "lan", "10.0.0.77", 10 },
		{ "lan", "10.0.0.20:5062",
		  110 /* alice's phone: ten times as much; the first was spent on registering */ },
		{ "lan", "10.0.0.20:5063", 20 /* her neighbour: the site's, which has one phone */ },
		{ "lan", "10.0.9.1", 500 /* allowed */ },
		{ "lan", "127.0.0.1", 500 },
		{ "internet", "203.0.113.99", 500 /* the trunk */ },
		{ "internet", "203.0.113.98", 50 /* as is the default */ },
	};

	(void)state;
	bench_register(&bench, "alice", "sip:alice@10.0.0.20:5062");
	engine_advance(bench.e, BENCH_NOW + 5000);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct flow f = bench_flow(&bench, cases[i].realm, cases[i].peer);

		assert_in_range(passing(&f, 500), cases[i].passed * 9 / 10, cases[i].passed);
	}
}

static void who_is_banned(void **state)
{
	static const struct {
		const char *realm, *peer;
		bool banned;
	} cases[] = {
		{ "lan", "10.0.0.77", true },
		{ "lan", "10.0.9.1", false /* allowed */ },
		{ "lan", "127.0.0.1", false },
		{ "internet", "203.0.113.99", false /* the trunk */ },
		{ "lan", "10.0.0.20:5063", false /* beside alice's phone */ },
	};

	(void)state;
	bench_register(&bench, "alice", "sip:alice@10.0.0.20:5062");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct flow f = bench_flow(&bench, cases[i].realm, cases[i].peer);

		fail_times(&f, 20, "carol");
		assert_int_equal(guard_is_banned(bench.e, &f.peer), cases[i].banned);
		assert_int_equal(guard_look(bench.e, &f) == GUARD_BANNED, cases[i].banned);
	}
	assert_int_equal(bench_count(&bench, COUNT_BANNED), 1);
}

/* By hand whoever the operator names is banned, even a trunk. */
static void by_hand_anybody(void **state)
{
	static const char *const peers[][2] = { { "internet", "203.0.113.99" }, { "lan", "10.0.9.1" } };
	struct bans_reason reason = { .why = EVIDENCE_BY_HAND };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct flow f = bench_flow(&bench, peers[i][0], peers[i][1]);
		struct prefix p = origin_prefix(&f.peer);

		assert_non_null(bans_add(&bench.e->guard.bans, &p, 60, &reason));
		assert_int_equal(guard_look(bench.e, &f), GUARD_BANNED);
	}
}

/* An IPv6 subscriber has 2^64 addresses: banned with all of them, unless a trunk is among them. */
static void all_of_a_subscriber(void **state)
{
	struct flow a = bench_flow(&bench, "lan", "[2001:db8::1]"), b = bench_flow(&bench, "lan", "[2001:db8::2]");

	(void)state;
	fail_times(&a, 4, "carol");
	assert_true(guard_is_banned(bench.e, &b.peer));
}

static void a_user_is_held_back_and_let_go(void **state)
{
	struct flow own = bench_flow(&bench, "lan", "10.0.0.20:5062"),
		    bad = bench_flow(&bench, "lan", "10.0.0.20:5063");
	struct flow far = bench_flow(&bench, "lan", "10.0.0.21");

	(void)state;
	bench_register(&bench, "alice", "sip:alice@10.0.0.20:5062");
	own.peer = bindings_find(bench.e->bindings, SPAN("alice"))->facts.flow.peer;
	fail_times(&bad, 4, "alice");
	assert_true(guard_is_held(bench.e, &bad, SPAN("alice")));
	assert_false(guard_is_held(bench.e, &bad, SPAN("bob")));
	assert_false(guard_is_held(bench.e, &own, SPAN("alice")));
	assert_false(guard_is_held(bench.e, &far, SPAN("alice")));
	engine_advance(bench.e, BENCH_NOW + 500 * METERS_MEMORY_S + 1000);
	assert_false(guard_is_held(bench.e, &bad, SPAN("alice")));
}

/* Who asks and answers is a phone; who asks on and on wants names. */
static void challenges(void **state)
{
	static const struct {
		unsigned every_ms, answered_each;
		bool banned;
	} cases[] = { { 10, 0, false /* all at once: they may yet be answered */ },
		      { 250, 0, true },
		      { 250, 10, false } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct flow f;
		struct sip_msg m;

		close_bench(state);
		open_bench(state);
		f = bench_flow(&bench, "lan", "10.0.0.77");
		m = bench_msg(bench_request(&bench, "REGISTER", "sip:example.com", "a", 1, "", ""));
		for (unsigned k = 1; k <= 60; k++) {
			engine_advance(bench.e, BENCH_NOW + (uint64_t)k * cases[i].every_ms);
			guard_challenged(bench.e, &f, &m);
			if (cases[i].answered_each && k % cases[i].answered_each == 0)
				guard_proved(bench.e, &f);
		}
		assert_int_equal(guard_is_banned(bench.e, &f.peer), cases[i].banned);
	}
}

/* Nobody is banned where the operator says so. */
static void bans_may_be_off(void **state)
{
	struct flow f = bench_flow(&bench, "lan", "10.0.0.77");

	(void)state;
	bench.conf->realms[0].guard.ban_s = 0;
	fail_times(&f, 50, "carol");
	assert_false(guard_is_banned(bench.e, &f.peer));
}

/* While there is no time, those whom nobody knows are kept off unread, all but a few; and that takes no time from
 * others. */
static void a_flood_of_strangers(void **state)
{
	struct flow phone = bench_flow(&bench, "lan", "10.0.0.20:5062"), f = bench_flow(&bench, "lan", "10.2.0.0");
	unsigned passed = 0, n = 5000;

	(void)state;
	bench_register(&bench, "alice", "sip:alice@10.0.0.20:5062");
	phone.peer = bindings_find(bench.e->bindings, SPAN("alice"))->facts.flow.peer;
	bench.e->overload.share = OVERLOAD_WHOLE;
	for (unsigned i = 0; i < n; i++) {
		enum guard_verdict v;

		f.peer.ip[2] = (uint8_t)(i >> 8);
		f.peer.ip[3] = (uint8_t)i;
		v = guard_look(bench.e, &f);
		assert_true(v == GUARD_STRANGER || v == GUARD_FLOOD);
		passed += v == GUARD_STRANGER;
	}
	assert_in_range(passed, GUARD_STRANGERS_PER_S / 2, GUARD_STRANGERS_PER_S);
	assert_int_equal(guard_look(bench.e, &phone), GUARD_PASS);
}

/* Behind for long with what nobody reads: others are not put off for it. */
static void a_flood_is_no_overload(void **state)
{
	uint64_t now = core_now(&bench.e->core);

	(void)state;
	for (int flood = 1; flood >= 0; flood--) {
		for (unsigned ms = 0; ms < 4000; ms += OVERLOAD_STEP_MS) {
			bench.e->guard.taken = 100;
			bench.e->guard.kept_off = flood ? 90 : 10;
			engine_turn(bench.e, true, now += OVERLOAD_STEP_MS);
		}
		assert_int_equal(overload_is_on(&bench.e->overload), !flood);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(how_much_who_may_say, open_bench, close_bench),
		cmocka_unit_test_setup_teardown(who_is_banned, open_bench, close_bench),
		cmocka_unit_test_setup_teardown(by_hand_anybody, open_bench, close_bench),
		cmocka_unit_test_setup_teardown(all_of_a_subscriber, open_bench, close_bench),
		cmocka_unit_test_setup_teardown(a_user_is_held_back_and_let_go, open_bench, close_bench),
		cmocka_unit_test_setup_teardown(challenges, open_bench, close_bench),
		cmocka_unit_test_setup_teardown(a_flood_of_strangers, open_bench, close_bench),
		cmocka_unit_test_setup_teardown(a_flood_is_no_overload, open_bench, close_bench),
		cmocka_unit_test_setup_teardown(bans_may_be_off, open_bench, close_bench),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

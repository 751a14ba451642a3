/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/media/reconcile.h"

#include "tests/unit/sbc/bench.h"

#include "sbc/call/calls.h"

static struct bench bench;
static bool heeds_pings;

static void on_ask(void *ctx, struct span datagram)
{
	if (heeds_pings || !bench_has(datagram, "7:command4:ping"))
		bench_on_ask(ctx, datagram);
}

static void start_with(const char *conf)
{
	struct engine_setup s;

	memset(&bench, 0, sizeof(bench));
	bench.their_tag = "theirs";
	s = bench_setup(&bench, conf);
	s.owns_media = true;
	s.out.relay = on_ask;
	heeds_pings = false;
	bench.e = engine_new(&s);
	assert_non_null(bench.e);
}

static int start(void **state)
{
	(void)state;
	start_with(BENCH_CONF);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	bench_close(&bench);
	return 0;
}

/* Question i is that command; what it says beside. */
static void expect_asked(unsigned i, const char *command)
{
	char text[64];

	assert_true(i < bench.nasked);
	snprintf(text, sizeof(text), "7:command%zu:%s", strlen(command), command);
	bench_expect(bench.asked[i].text, text);
}

/* The relay's answer to question i: that behind "result" ok. */
static void answer(unsigned i, const char *more)
{
	struct span asked = bench.asked[i].text, cookie = span_slice(asked, 0, span_find(asked, ' '));

	engine_relay_receive(bench.e, bench_text(&bench, "%.*s d%s6:result2:oke", SPAN_ARG(cookie), more),
			     core_now(&bench.e->core));
}

/* A relay that answers, that run of it, until it is asked what it has. Returns which question that is. */
static unsigned standing(const char *instance, uint64_t most_ms)
{
	char text[64];
	unsigned at = 0;

	snprintf(text, sizeof(text), "8:instancei%se", instance);
	bench_forget(&bench);
	for (uint64_t ms = 0; ms < most_ms; ms += 50) {
		bench_pass(&bench, 50);
		for (; at < bench.nasked; at++) {
			if (bench_has(bench.asked[at].text, "7:command4:list"))
				return at;
			answer(at, text);
		}
		if (bench.nasked > 8)
			bench_forget(&bench);
		at = bench.nasked;
	}
	fail_msg("it was not asked");
	return 0;
}

static void at_the_start_it_asks_for_all(void **state)
{
	(void)state;
	bench_pass(&bench, 2);
	assert_int_equal(bench.nasked, 2);
	expect_asked(0, "adopt");
	expect_asked(1, "lease");
	bench_expect(bench.asked[0].text, bench.e->relay.owner);
	bench_expect_no(bench.asked[0].text, "call-id");
	answer(0, "8:instancei7e");
	answer(1, "8:instancei7e");
	assert_int_equal(bench.nasked, 3);
	expect_asked(2, "list");
	bench_expect(bench.asked[2].text, "5:limiti256e");
	answer(2, "5:callsle");
	assert_int_equal(bench.nasked, 3);
	assert_int_equal(bench_count(&bench, COUNT_RELAY_RECONCILED), 1);
	bench_expect_no(span_str(bench.log), "media sessions of ours");
}

static void page_by_page(void **state)
{
	unsigned i = standing("7", 100);

	(void)state;
	answer(i, "5:callsl1:a1:be4:nexti17e");
	assert_int_equal(bench.nasked, i + 4);
	expect_asked(i + 1, "delete");
	bench_expect(bench.asked[i + 1].text, "7:call-id1:a");
	expect_asked(i + 2, "delete");
	bench_expect(bench.asked[i + 2].text, "7:call-id1:b");
	expect_asked(i + 3, "list");
	bench_expect(bench.asked[i + 3].text, "5:afteri17e");
	answer(i + 3, "5:callsl1:ce");
	expect_asked(i + 4, "delete");
	assert_int_equal(bench_count(&bench, COUNT_RELAY_ORPHAN), 3);
	bench_expect(span_str(bench.log), "1 the relay has 3 media sessions of ours: 3 of no call, deleted; 0 calls");
}

static void nonsense_is_survived(void **state)
{
	static const char *const cases[] = {
		"", "5:callsi7e", "5:calls3:abc", "5:callsli1ee4:nexti-3e", "5:callslde", "5:callsle4:nexti99999999999e"
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char instance[8];

		snprintf(instance, sizeof(instance), "%u", i + 1);
		answer(standing(instance, 21000), cases[i]);
	}
	assert_int_equal(bench_count(&bench, COUNT_RELAY_ORPHAN), 0);
}

/* A call between the carrier and alice that is up, and known to nobody but us. */
static struct call *a_call(void)
{
	struct span ok;
	struct call *c;

	bench_forget(&bench);
	c = bench_call(&bench, &ok);
	bench_forget(&bench);
	return c;
}

static void calls_keep_their_sessions(void **state)
{
	struct call *c = a_call();
	char list[64];
	unsigned i;

	(void)state;
	bench_pass(&bench, 2 * RECONCILE_SETTLED_MS);
	i = standing("7", 21000);
	snprintf(list, sizeof(list), "5:callsl12:%se", c->id);
	answer(i, list);
	bench_pass(&bench, 100);
	assert_int_equal(c->state, CALL_UP);
	assert_int_equal(bench_count(&bench, COUNT_RELAY_ORPHAN), 0);
}

static void expect_set_up_again(void)
{
	assert_int_equal(bench.nasked, 1);
	expect_asked(0, "offer");
	bench_expect(bench.asked[0].text, "6:resumel8:1 1 40008:1 1 4000e");
}

static void calls_without_a_session_are_set_up_again(void **state)
{
	unsigned i;

	(void)state;
	a_call();
	bench_pass(&bench, 2 * RECONCILE_SETTLED_MS);
	i = standing("7", 21000);
	answer(i, "5:callsle");
	bench_forget(&bench);
	bench_pass(&bench, 10);
	expect_set_up_again();
	bench_expect(span_str(bench.log), "1 calls have none, set up again");
	assert_int_equal(bench.e->ncall, 1);
}

/* There it is, but its sides have no keys; unless they are about to. */
static void a_session_without_keys_is_set_up_again(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct call *c = a_call();
		char list[64];
		unsigned at;

		bench_pass(&bench, 2 * RECONCILE_SETTLED_MS);
		at = standing("7", 21000);
		if (i)
			renew(bench.e, c, 1U << SIDE_B);
		snprintf(list, sizeof(list), "5:callsl12:%se4:anewl12:%se", c->id, c->id);
		answer(at, list);
		bench_forget(&bench);
		bench_pass(&bench, 10);
		if (i)
			assert_int_equal(bench.nasked, 0);
		else
			expect_set_up_again();
		stop(NULL);
		start(NULL);
	}
}

/* The relay said what it has before this call's session began; when it is asked again, now and then, it is noticed. */
static void a_call_that_is_new_is_spared(void **state)
{
	unsigned i;

	(void)state;
	a_call();
	answer(standing("7", 100), "5:callsle");
	bench_forget(&bench);
	bench_pass(&bench, 10);
	assert_int_equal(bench.nasked, 0);
	i = standing("7", 20000 * RECONCILE_ROUND + 100);
	answer(i, "5:callsle");
	bench_forget(&bench);
	bench_pass(&bench, 10);
	expect_set_up_again();
}

/* A relay that was started again has no session of before, however new. */
static void after_a_restart_none_is_spared(void **state)
{
	unsigned i;

	(void)state;
	answer(standing("7", 100), "5:callsle");
	a_call();
	bench_pass(&bench, 1);
	bench_forget(&bench);
	reconcile_now(bench.e->reconcile);
	expect_asked(0, "lease");
	answer(0, "8:instancei8e");
	i = bench.nasked - 1;
	expect_asked(i, "list");
	answer(i, "5:callsle");
	bench_forget(&bench);
	bench_pass(&bench, 10);
	expect_set_up_again();
	bench_expect(span_str(bench.log), "the relay was restarted");
}

/* The next question that is a ping. */
static unsigned ping(void)
{
	heeds_pings = true;
	bench_forget(&bench);
	for (unsigned i = 0; i <= RECONCILE_LOOK_MS; i++) {
		bench_pass(&bench, 1);
		for (unsigned k = 0; k < bench.nasked; k++)
			if (bench_has(bench.asked[k].text, "7:command4:ping"))
				return k;
	}
	fail_msg("no ping");
	return 0;
}

static void a_ping_tells_that_it_is_another_one(void **state)
{
	unsigned i;

	(void)state;
	answer(standing("7", 100), "5:callsle");
	answer(ping(), "8:instancei7e");
	bench_expect_no(bench.asked[bench.nasked - 1].text, "5:lease");
	i = ping();
	answer(i, "8:instancei9e");
	expect_asked(bench.nasked - 1, "lease");
}

/* One at a time, not repeated, and nobody minds: how a call finds the relay says whether it is there. */
static void pings_without_an_answer_are_let_go(void **state)
{
	const uint64_t retries = bench_count(&bench, COUNT_RELAY_RETRY);

	(void)state;
	answer(standing("7", 100), "5:callsle");
	ping();
	bench_pass(&bench, RECONCILE_LOOK_MS - 50);
	assert_int_equal(bench_count(&bench, COUNT_RELAY_RETRY), retries);
	assert_int_equal(bench.e->relay.nwait, 0);
	assert_true(bench.e->relay.reachable);
}

/* Questions that were given up meanwhile may have been carried out all the same. */
static void who_was_silent_for_long_is_compared(void **state)
{
	(void)state;
	answer(standing("7", 100), "5:callsle");
	answer(ping(), "8:instancei7e");
	bench_pass(&bench, RECONCILE_HUNG_MS + 10);
	answer(ping(), "8:instancei7e");
	bench_forget(&bench);
	heeds_pings = false;
	bench_pass(&bench, RECONCILE_AGAIN_MS + 20);
	expect_asked(0, "list");
}

static void pass_unanswered(uint64_t ms)
{
	for (; ms; ms -= 10000) {
		bench_forget(&bench);
		bench_pass(&bench, 10000);
		while (bench.ntext > 100)
			free(bench.texts[--bench.ntext]);
	}
}

static void a_relay_that_does_not_answer_ends_no_call(void **state)
{
	struct call *c = a_call();

	(void)state;
	pass_unanswered(400000);
	assert_int_equal(c->state, CALL_UP);
	/* Nor does one that goes while it is asked. */
	standing("7", 21000);
	pass_unanswered(400000);
	assert_int_equal(c->state, CALL_UP);
}

static void a_third_of_the_lease(void **state)
{
	(void)state;
	bench_close(&bench);
	start_with("{ " BENCH_REALMS ", " BENCH_TRUNK ", " BENCH_LIMITS ", \"relay\": { \"lease\": \"9s\" } }");
	answer(standing("7", 100), "5:callsle");
	bench_forget(&bench);
	bench_pass(&bench, 2900);
	assert_int_equal(bench.nasked, 0);
	bench_pass(&bench, 100);
	expect_asked(0, "lease");
}

static void the_relays_totals_are_kept(void **state)
{
	(void)state;
	bench_pass(&bench, 2);
	answer(1, "8:instancei7e7:packetsd8:expectedi500e4:losti3ee7:streamsd7:one-wayi2ee");
	assert_int_equal(bench.e->relay.totals.n[0], 2);
	assert_int_equal(bench.e->relay.totals.n[3], 500);
	assert_int_equal(bench.e->relay.totals.n[4], 3);
	answer(2, "5:callsle");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		TEST(at_the_start_it_asks_for_all),
		TEST(page_by_page),
		TEST(nonsense_is_survived),
		TEST(calls_keep_their_sessions),
		TEST(calls_without_a_session_are_set_up_again),
		TEST(a_session_without_keys_is_set_up_again),
		TEST(a_call_that_is_new_is_spared),
		TEST(after_a_restart_none_is_spared),
		TEST(a_ping_tells_that_it_is_another_one),
		TEST(pings_without_an_answer_are_let_go),
		TEST(who_was_silent_for_long_is_compared),
		TEST(a_relay_that_does_not_answer_ends_no_call),
		TEST(a_third_of_the_lease),
		TEST(the_relays_totals_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

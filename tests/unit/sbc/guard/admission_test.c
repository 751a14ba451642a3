/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/guard/admission.h"

#include "sbc/call/calls.h"
#include "sbc/call/leg.h"
#include "sbc/identity/identity.h"
#include "tests/unit/sbc/bench.h"

#define CONF                                                                                                           \
	"{ \"realms\": { \"lan\": { \"address\": \"10.0.0.5\", \"limits\": { \"calls\": 3, \"cps\": 3 }, \"phones\": " \
	"{"                                                                                                            \
	" \"limits\": { \"per-user-calls\": 2, \"per-user-cps\": 2 } } }, \"wan\": { \"address\": \"198.51.100.5\" } " \
	"},"                                                                                                           \
	" \"trunks\": { \"a\": { \"realm\": \"wan\", \"peers\": [\"203.0.113.1\"], \"probe\": \"0s\","                 \
	" \"limits\": { \"calls\": 2, \"cps\": 1 } } } }"

enum { LAN, WAN };

static struct bench bench;
static const struct identity phone = { .kind = IDENTITY_PHONE, .trunk = -1, .realm = LAN, .user = SPAN("alice") };
static const struct identity trunk = { .kind = IDENTITY_TRUNK, .trunk = 0, .realm = WAN };

static struct call *begin(const struct identity *who)
{
	struct call *c = calls_new(bench.e);
	struct leg *l = c->leg[SIDE_A];

	c->kind = CALL_INVITE;
	l->trunk = (int16_t)who->trunk;
	l->flow.realm = (uint8_t)who->realm;
	admission_begin(bench.e, l, who);
	if (who->user.n)
		assert_int_equal(calls_set_user(bench.e, c, who->user), 0);
	return c;
}

/* The call's other side is on trunk a. */
static struct leg *go_to_trunk(struct call *c)
{
	struct leg *l = leg_make(c, SIDE_B);

	l->trunk = 0;
	l->flow.realm = WAN;
	admission_enter(bench.e, l);
	return l;
}

static uint32_t of_realm(unsigned realm)
{
	return bench.e->admission.realm[realm].calls;
}

static uint32_t of_trunk(void)
{
	return bench.e->admission.trunk[0].calls;
}

/* A call counts once in a realm and in a trunk, as long as one of its legs is there, and until it is over. */
static void a_call_counts_once(void **state)
{
	struct call *c;
	struct leg *first, *second;

	(void)state;
	bench_open(&bench, CONF);
	c = begin(&trunk);
	assert_int_equal(of_realm(WAN), 1);
	assert_int_equal(of_trunk(), 1);
	first = go_to_trunk(c);
	second = go_to_trunk(c);
	assert_int_equal(of_realm(WAN), 1);
	assert_int_equal(of_trunk(), 1);
	admission_stay(bench.e, first);
	admission_leave(bench.e, c->leg[SIDE_A]);
	admission_leave(bench.e, first);
	admission_leave(bench.e, first);
	assert_int_equal(of_trunk(), 1);
	leg_lose(bench.e, second);
	assert_int_equal(of_trunk(), 0);
	assert_int_equal(of_realm(WAN), 0);
	admission_stay(bench.e, second);
	calls_over(bench.e, c);
	assert_int_equal(of_trunk(), 0);
	/* What is over does not come back. */
	admission_stay(bench.e, first);
	assert_int_equal(of_trunk(), 0);
	calls_free(bench.e, c);
	bench_close(&bench);
}

/* It is given back where it was taken, wherever the phone went. */
static void a_leg_that_moved(void **state)
{
	struct call *c;

	(void)state;
	bench_open(&bench, CONF);
	c = begin(&phone);
	assert_int_equal(of_realm(LAN), 1);
	c->leg[SIDE_A]->flow.realm = WAN;
	calls_over(bench.e, c);
	assert_int_equal(of_realm(LAN), 0);
	assert_int_equal(of_realm(WAN), 0);
	calls_free(bench.e, c);
	bench_close(&bench);
}

/* Each limit by itself, with the name of its cause, and the key in the log. */
static void limits(void **state)
{
	static const struct {
		const struct identity *who;
		unsigned calls, wait_ms; /* that there are before, and the time between them */
		enum count expected;
		const char *log;
	} cases[] = {
		{ &phone, 0, 0, COUNT_N, "" },
		{ &phone, 2, 1000, COUNT_REFUSE_USER_CALLS, "realms.lan.phones.limits.per-user-calls is 2" },
		{ &phone, 1, 1000, COUNT_N, "" },
		{ &trunk, 1, 1000, COUNT_N, "" },
		{ &trunk, 1, 999, COUNT_REFUSE_TRUNK_RATE, "trunks.a.limits.cps is 1" },
		{ &trunk, 2, 1000, COUNT_REFUSE_TRUNK_CALLS, "trunks.a.limits.calls is 2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		enum count why = COUNT_N;

		bench_open(&bench, CONF);
		for (unsigned k = 0; k < cases[i].calls; k++) {
			begin(cases[i].who);
			bench_pass(&bench, cases[i].wait_ms);
		}
		assert_int_equal(admission_admits(bench.e, cases[i].who, &why), cases[i].expected == COUNT_N);
		assert_int_equal(why, cases[i].expected);
		if (cases[i].log[0])
			bench_expect(span_str(bench.log), cases[i].log);
		bench_close(&bench);
	}
}

static void rates_of_users_and_realms(void **state)
{
	static const struct identity bob = { .kind = IDENTITY_PHONE, .trunk = -1, .realm = LAN, .user = SPAN("bob") };
	enum count why = COUNT_N;

	(void)state;
	bench_open(&bench, CONF);
	for (unsigned i = 0; i < 2; i++)
		calls_free(bench.e, begin(&phone));
	assert_false(admission_admits(bench.e, &phone, &why));
	assert_int_equal(why, COUNT_REFUSE_USER_RATE);
	assert_int_equal(admission_retry_s(why), 1);
	assert_true(admission_admits(bench.e, &bob, &why));
	calls_free(bench.e, begin(&bob));
	assert_false(admission_admits(bench.e, &bob, &why));
	assert_int_equal(why, COUNT_REFUSE_REALM_RATE);
	bench_pass(&bench, 1000);
	for (unsigned i = 0; i < 3; i++)
		begin(&(const struct identity){ .kind = IDENTITY_PHONE, .trunk = -1 });
	assert_false(admission_admits(bench.e, &bob, &why));
	assert_int_equal(why, COUNT_REFUSE_REALM_CALLS);
	assert_int_equal(admission_retry_s(why), 5);
	bench_close(&bench);
}

/* Where a call may go: a trunk or realm that it is in already has a place for it, but for the pace. */
static void where_a_call_may_go(void **state)
{
	struct call *c, *other;
	enum count why;

	(void)state;
	bench_open(&bench, CONF);
	other = begin(&phone);
	assert_true(admission_allows(bench.e, other, 0, WAN, &why));
	c = begin(&trunk);
	assert_false(admission_allows(bench.e, other, 0, WAN, &why));
	assert_int_equal(why, COUNT_REFUSE_TRUNK_RATE);
	bench_pass(&bench, 1000);
	begin(&trunk);
	bench_pass(&bench, 1000);
	assert_false(admission_allows(bench.e, other, 0, WAN, &why));
	assert_int_equal(why, COUNT_REFUSE_TRUNK_CALLS);
	assert_true(admission_allows(bench.e, c, 0, WAN, &why));
	assert_true(admission_allows(bench.e, other, -1, WAN, &why));
	other->emergency = true;
	assert_true(admission_allows(bench.e, other, 0, WAN, &why));
	other->emergency = false;
	other->kind = CALL_REQUEST;
	assert_true(admission_allows(bench.e, other, 0, WAN, &why));
	bench_close(&bench);
}

/* A flood of refusals is counted, but not told line by line. */
static void few_lines_of_many(void **state)
{
	enum count why;
	unsigned lines = 0;

	(void)state;
	bench_open(&bench, CONF);
	begin(&trunk);
	bench.log[0] = '\0';
	for (unsigned i = 0; i < 100; i++)
		assert_false(admission_admits(bench.e, &trunk, &why));
	for (const char *p = bench.log; (p = strchr(p, '\n')); p++)
		lines++;
	assert_int_equal(lines, 5);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_counts_once),
		cmocka_unit_test(a_leg_that_moved),
		cmocka_unit_test(limits),
		cmocka_unit_test(rates_of_users_and_realms),
		cmocka_unit_test(where_a_call_may_go),
		cmocka_unit_test(few_lines_of_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

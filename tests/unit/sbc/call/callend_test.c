/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/callend.h"

#include "sbc/call/calls.h"
#include "tests/unit/sbc/bench.h"

static struct bench bench;

/* How many messages since the last bench_forget() begin so. */
static unsigned sent(const char *start)
{
	unsigned n = 0;

	for (unsigned i = 0; i < bench.nsent; i++)
		n += span_starts(bench.sent[i].text, span_str(start));
	return n;
}

/* Whoever ended it hears nothing more; the other side hears why (RFC 3326). */
static void a_call_that_is_up(void **state)
{
	static const struct {
		enum count cause;
		int by; /* side, or -1 */
		unsigned byes;
		const char *reason;
	} cases[] = {
		{ COUNT_CALL_HUNGUP, SIDE_A, 1, NULL },
		{ COUNT_CALL_HUNGUP, SIDE_B, 1, NULL },
		{ COUNT_CALL_OPERATOR, -1, 2, "Reason: SIP;cause=200;text=\"Ended by operator\"\r\n" },
		{ COUNT_CALL_MEDIA_TIMEOUT, -1, 2, "Reason: SIP;cause=408;text=\"Media timeout\"\r\n" },
		{ COUNT_CALL_TOO_LONG, -1, 2, "Reason: SIP;cause=200;text=\"Duration limit\"\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span ok;
		struct call *c;

		bench_open(&bench, BENCH_CONF);
		c = bench_call(&bench, &ok);
		bench_forget(&bench);
		callend(bench.e, c, cases[i].cause, 0, cases[i].by < 0 ? NULL : c->leg[cases[i].by]);
		callend(bench.e, c, COUNT_CALL_SHUTDOWN, 0, NULL); /* over already */
		assert_int_equal(sent("BYE "), cases[i].byes);
		for (unsigned k = 0; cases[i].reason && k < bench.nsent; k++)
			bench_expect(bench.sent[k].text, cases[i].reason);
		assert_int_equal(bench.nasked, 1);
		bench_expect(bench.asked[0].text, "7:command6:delete");
		assert_int_equal(bench_count(&bench, cases[i].cause), 1);
		assert_int_equal(bench_count(&bench, COUNT_CALL_SHUTDOWN), 0);
		bench_expect(span_str(bench.log), count_name(cases[i].cause));
		bench_answer_byes(&bench);
		callend_reap(bench.e);
		assert_null(bench.e->calls);
		bench_close(&bench);
	}
}

/* The caller gets the status, the other side a CANCEL: once it has said something (RFC 3261 9.1). */
static void a_call_that_rings(void **state)
{
	(void)state;
	for (int ringing = 0; ringing < 2; ringing++) {
		struct call *c;

		bench_open(&bench, BENCH_CONF);
		c = bench_invite(&bench);
		if (ringing)
			bench_answer(&bench, bench.nsent - 1, 180, "", "");
		unsigned invite = bench.nsent - 1 - (unsigned)ringing;
		unsigned before = bench.nsent;

		callend(bench.e, c, COUNT_CALL_NO_ANSWER, 408, NULL);
		callend_reap(bench.e);
		assert_int_equal(bench.nsent, before + 1 + (unsigned)ringing);
		bench_expect(bench.sent[before].text, "SIP/2.0 408 ");
		if (!ringing)
			bench_answer(&bench, invite, 180, "", "");
		assert_int_equal(sent("CANCEL "), 1);
		/* It waits for the answer to its INVITE: a 2xx that crossed must be ended. */
		assert_non_null(bench.e->calls);
		bench_answer(&bench, invite, 487, "", "");
		assert_null(bench.e->calls);
		bench_close(&bench);
	}
}

static void an_answer_that_nobody_acknowledges(void **state)
{
	struct call *c;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	c = bench_invite(&bench);
	bench_answer(&bench, bench.nsent - 1, 200, "Contact: <sip:a@10.0.0.20>\nContent-Type: application/sdp\n",
		     BENCH_SDP);
	bench_relay(&bench, 1, "ok", BENCH_SDP);
	assert_true(timer_runs(&c->leg[SIDE_A]->answer_timer));
	bench_forget(&bench);
	bench_pass(&bench, 31999);
	assert_int_equal(bench_count(&bench, COUNT_CALL_NO_ACK), 0);
	bench_pass(&bench, 1);
	assert_int_equal(bench_count(&bench, COUNT_CALL_NO_ACK), 1);
	assert_true(sent("BYE ") >= 2);
	assert_int_equal(sent("ACK "), 1); /* alice still waited for it */
	bench_answer_byes(&bench);
	assert_null(bench.e->calls);
	bench_close(&bench);
}

static void looked_at_twice_freed_once(void **state)
{
	struct span ok;
	struct call *c;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	c = bench_call(&bench, &ok);
	callend_look(bench.e, c); /* not over */
	assert_null(bench.e->ended);
	callend(bench.e, c, COUNT_CALL_OPERATOR, 0, NULL);
	callend_look(bench.e, c);
	callend_look(bench.e, c);
	callend_reap(bench.e);
	callend_reap(bench.e);
	bench_answer_byes(&bench);
	assert_int_equal(bench.e->ncall, 0);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_that_is_up),
		cmocka_unit_test(a_call_that_rings),
		cmocka_unit_test(an_answer_that_nobody_acknowledges),
		cmocka_unit_test(looked_at_twice_freed_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

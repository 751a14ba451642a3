/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/passback.h"

#include "tests/unit/sbc/bench.h"

static struct bench bench;

/* What the caller is told of what the other side said. */
static void final_responses_across(void **state)
{
	static const struct {
		unsigned theirs, ours;
	} cases[] = {
		{ 486, 486 }, { 404, 404 }, { 603, 603 }, { 488, 488 },
		{ 500, 500 }, { 401, 403 }, { 407, 403 }, /* a challenge is for credentials that the caller does not
							     have */
		{ 302, 480 }, { 300, 480 },               /* where the other side lives is not his to know */
		{ 503, 500 },                             /* RFC 3261 16.7 step 6 */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		unsigned invite;

		bench_open(&bench, BENCH_CONF);
		bench_invite(&bench);
		invite = bench.nsent - 1;
		bench_answer(&bench, invite, (uint16_t)cases[i].theirs,
			     "Contact: <sip:hidden@10.0.0.77>\nServer: Inside\nRetry-After: 5\n", "");
		assert_int_equal(bench.nsent, invite + 3);
		bench_expect(bench.sent[invite + 1].text, "ACK ");
		assert_int_equal(bench_last_status(&bench), cases[i].ours);
		bench_expect(bench_last(&bench), "\r\nRetry-After: 5\r\n");
		bench_expect_no(bench_last(&bench), "10.0.0.");
		bench_expect_no(bench_last(&bench), "Inside");
		assert_int_equal(bench_count(&bench, COUNT_CALL_REJECTED), 1);
		assert_null(bench.e->calls);
		bench_close(&bench);
	}
}

/* 18x: with our tag and Contact, each time; SDP in it is a preview that the relay sees first (O2). */
static void provisional_responses(void **state)
{
	unsigned invite;
	struct sip_msg first, second;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	bench_invite(&bench);
	invite = bench.nsent - 1;
	bench_answer(&bench, invite, 100, "", "");
	assert_int_equal(bench.nsent, invite + 1);
	bench_answer(&bench, invite, 180, "", "");
	assert_int_equal(bench_last_status(&bench), 180);
	bench_expect(bench_last(&bench), "@198.51.100.5:5060>\r\n");
	first = bench_msg(bench_last(&bench));
	bench_answer(&bench, invite, 183, "Content-Type: application/sdp\n", BENCH_SDP);
	assert_int_equal(bench.nsent, invite + 2);
	assert_int_equal(bench.nasked, 2);
	bench_relay(&bench, 1, "ok", "v=0\r\ns=preview\r\n");
	assert_int_equal(bench_last_status(&bench), 183);
	bench_expect(bench_last(&bench), "s=preview");
	second = bench_msg(bench_last(&bench));
	assert_true(span_eq(sip_msg_value(&first, SIP_HDR_TO), sip_msg_value(&second, SIP_HDR_TO)));
	assert_int_equal(bench.e->calls->leg[SIDE_A]->state, LEG_EARLY);
	bench_close(&bench);
}

/* The relay is still at the preview when the final response comes: then nothing follows it. */
static void a_preview_that_is_overtaken(void **state)
{
	unsigned invite;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	bench_invite(&bench);
	invite = bench.nsent - 1;
	bench_answer(&bench, invite, 183, "Content-Type: application/sdp\n", BENCH_SDP);
	bench_answer(&bench, invite, 486, "", "");
	assert_int_equal(bench_last_status(&bench), 486);
	unsigned n = bench.nsent;

	bench_relay(&bench, 1, "ok", BENCH_SDP);
	assert_int_equal(bench.nsent, n);
	bench_close(&bench);
}

/* Answered, and the caller is told so, only once the relay has both sides. */
static void success_waits_for_the_relay(void **state)
{
	struct call *c;
	unsigned invite;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	c = bench_invite(&bench);
	invite = bench.nsent - 1;
	bench_answer(&bench, invite, 200, "Contact: <sip:a@10.0.0.20>\nContent-Type: application/sdp\n", BENCH_SDP);
	assert_int_equal(bench.nsent, invite + 1);
	assert_int_equal(c->state, CALL_SETUP);
	bench_relay(&bench, 1, "ok", "v=0\r\ns=answer\r\n");
	assert_int_equal(bench_last_status(&bench), 200);
	bench_expect(bench_last(&bench), "s=answer");
	assert_int_equal(c->state, CALL_UP);
	assert_int_equal(bench_count(&bench, COUNT_CALL_ANSWERED), 1);
	bench_close(&bench);
}

/* The relay can't use the answer: both sides are told, and nothing is left. */
static void success_that_cannot_be(void **state)
{
	unsigned invite;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	bench_invite(&bench);
	invite = bench.nsent - 1;
	bench_answer(&bench, invite, 200, "Contact: <sip:a@10.0.0.20>\nContent-Type: application/sdp\n", BENCH_SDP);
	bench_relay(&bench, 1, "error", "");
	assert_int_equal(bench.nsent, invite + 4);
	bench_expect(bench.sent[invite + 1].text, "ACK sip:a@10.0.0.20 ");
	bench_expect(bench.sent[invite + 2].text, "SIP/2.0 488 ");
	bench_expect(bench.sent[invite + 3].text, "BYE sip:a@10.0.0.20 ");
	bench_answer_byes(&bench);
	assert_null(bench.e->calls);
	bench_close(&bench);
}

/* Our ACK was lost: it is repeated, the caller hears nothing of it; another phone's 2xx is ended (F6). */
static void success_again(void **state)
{
	struct span ok;
	unsigned n, invite = 0;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	bench_call(&bench, &ok);
	n = bench.nsent;
	bench_answer(&bench, invite, 200, "Contact: <sip:alice@10.0.0.20:5062>\nContent-Type: application/sdp\n",
		     BENCH_SDP);
	assert_int_equal(bench.nsent, n + 1);
	bench_expect(bench_last(&bench), "ACK ");
	bench.their_tag = "another";
	bench_answer(&bench, invite, 200, "Contact: <sip:other@10.0.0.20:5062>\nContent-Type: application/sdp\n",
		     BENCH_SDP);
	assert_int_equal(bench.nsent, n + 3);
	for (unsigned i = 1; i < 3; i++) {
		bench_expect(bench.sent[n + i].text, i == 1 ? "ACK sip:other@" : "BYE sip:other@");
		bench_expect(bench.sent[n + i].text, ";tag=another\r\n");
	}
	assert_int_equal(bench_count(&bench, COUNT_CALL_STRAY_ANSWER), 1);
	assert_int_equal(bench.e->calls->state, CALL_UP);
	bench_close(&bench);
}

/* RFC 4320 4.2: 408 is the answer to an INVITE that nobody answered, and to nothing else. */
static void nobody_answers(void **state)
{
	struct span ok;
	unsigned n;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	bench_invite(&bench);
	bench_pass(&bench, 32000);
	assert_int_equal(bench_count(&bench, COUNT_CALL_UNREACHABLE), 1);
	bench_pass(&bench, 40000);
	assert_null(bench.e->calls);
	bench_close(&bench);
	bench_open(&bench, BENCH_CONF);
	bench_call(&bench, &ok);
	bench_receive(&bench, bench_carrier(&bench), bench_in_dialog(&bench, ok, "INFO", 2, ""));
	bench_expect(bench_last(&bench), "INFO sip:alice@10.0.0.20:5062 ");
	n = bench.nsent;
	bench_pass(&bench, 40000);
	for (unsigned i = n; i < bench.nsent; i++)
		bench_expect_no(bench.sent[i].text, "SIP/2.0 4");
	assert_int_equal(bench.e->calls->state, CALL_UP);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(final_responses_across),
		cmocka_unit_test(provisional_responses),
		cmocka_unit_test(a_preview_that_is_overtaken),
		cmocka_unit_test(success_waits_for_the_relay),
		cmocka_unit_test(success_that_cannot_be),
		cmocka_unit_test(success_again),
		cmocka_unit_test(nobody_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

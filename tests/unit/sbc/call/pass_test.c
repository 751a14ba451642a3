/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/pass.h"

#include "tests/unit/sbc/bench.h"

static struct bench bench;

static void invite_with(const char *lines, const char *body)
{
	bench_register(&bench, "alice", "sip:alice@10.0.0.20:5062");
	bench_receive(&bench, bench_carrier(&bench),
		      bench_request(&bench, "INVITE", "sip:alice@198.51.100.5", "trunk", 1, lines, body));
}

/* One hop less (RFC 7332), whatever came. */
static void max_forwards_goes_down(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = { { "70", "69" }, { "2", "1" }, { "1", "0" }, { "255", "254" } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		bench_open(&bench, BENCH_CONF);
		bench_register(&bench, "alice", "sip:alice@10.0.0.20:5062");
		bench_receive(&bench, bench_carrier(&bench),
			      bench_text(&bench,
					 "INVITE sip:alice@198.51.100.5 SIP/2.0\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\n"
					 "Max-Forwards: %s\nFrom: <sip:t@b>;tag=1\nTo: <sip:a@b>\nCall-ID: 1\n"
					 "CSeq: 1 INVITE\nContact: <sip:t@203.0.113.99>\nContent-Length: 0\n\n",
					 cases[i].in));
		bench_expect(bench_last(&bench), "INVITE sip:alice@10.0.0.20:5062 ");
		bench_expect(bench_last(&bench), bench_text(&bench, "\nMax-Forwards: %s\n%c", cases[i].out, 0).p);
		bench_close(&bench);
	}
}

/* Nothing goes out before the relay said where media goes; what it says goes out. */
static void sdp_goes_through_the_relay_first(void **state)
{
	(void)state;
	bench_open(&bench, BENCH_CONF);
	invite_with("", BENCH_SDP);
	assert_int_equal(bench.nsent, 0);
	assert_int_equal(bench.nasked, 1);
	bench_relay(&bench, 0, "ok", "v=0\r\no=- 9 9 IN IP4 10.0.0.5\r\ns=rewritten\r\nt=0 0\r\n");
	assert_int_equal(bench.nsent, 1);
	bench_expect(bench_last(&bench), "s=rewritten");
	bench_expect_no(bench_last(&bench), "192.0.2.1");
	bench_close(&bench);
}

static void what_the_relay_refuses_is_refused(void **state)
{
	static const struct {
		const char *dict; /* NULL: silence */
		unsigned status;
		enum count why;
	} cases[] = {
		{ "d12:error-reason19:Failed to parse SDP6:result5:errore", 488, COUNT_REFUSE_SDP },
		{ "d12:error-reason16:Ran out of ports6:result5:errore", 503, COUNT_REFUSE_RELAY },
		{ "d6:result2:oke", 488, COUNT_REFUSE_SDP }, /* without SDP there is nothing to send */
		{ NULL, 503, COUNT_REFUSE_RELAY_GONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span cookie;

		bench_open(&bench, BENCH_CONF);
		invite_with("", BENCH_SDP);
		cookie = span_slice(bench.asked[0].text, 0, span_find(bench.asked[0].text, ' '));
		if (cases[i].dict)
			engine_relay_receive(bench.e, bench_text(&bench, "%.*s %s", SPAN_ARG(cookie), cases[i].dict),
					     BENCH_NOW);
		else
			bench_pass(&bench, 3100);
		assert_int_equal(bench_last_status(&bench), cases[i].status);
		assert_true(bench_count(&bench, cases[i].why) >= 1);
		assert_null(bench.e->calls);
		bench_close(&bench);
	}
}

/* O9: what we cannot anchor does not pass. */
static void other_bodies_are_refused(void **state)
{
	(void)state;
	bench_open(&bench, BENCH_CONF);
	bench_register(&bench, "alice", "sip:alice@10.0.0.20:5062");
	bench_receive(&bench, bench_carrier(&bench),
		      bench_text(&bench,
				 "INVITE sip:alice@198.51.100.5 SIP/2.0\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\n"
				 "From: <sip:t@b>;tag=1\nTo: <sip:a@b>\nCall-ID: 1\nCSeq: 1 INVITE\nMax-Forwards: 70\n"
				 "Contact: <sip:t@203.0.113.99>\nContent-Type: multipart/mixed;boundary=x\n"
				 "Content-Length: 3\n\n--x"));
	assert_int_equal(bench_last_status(&bench), 415);
	assert_int_equal(bench.nasked, 0);
	assert_null(bench.e->calls);
	bench_close(&bench);
}

/* CANCEL while the relay is being asked: 487 at once, and nothing goes out afterwards. */
static void cancelled_before_it_went_out(void **state)
{
	(void)state;
	bench_open(&bench, BENCH_CONF);
	invite_with("", BENCH_SDP);
	bench_receive(&bench, bench_carrier(&bench),
		      bench_text(&bench,
				 "CANCEL sip:alice@198.51.100.5 SIP/2.0\n"
				 "Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKtrunkINVITE1\nMax-Forwards: 70\n"
				 "From: \"Caller\" <sip:trunk@example.com>;tag=trunktag\nTo: <sip:alice@198.51.100.5>\n"
				 "Call-ID: trunkcall\nCSeq: 1 CANCEL\nContent-Length: 0\n\n"));
	assert_int_equal(bench.nsent, 2);
	bench_expect(bench.sent[0].text, "SIP/2.0 200 ");
	bench_expect(bench.sent[1].text, "SIP/2.0 487 ");
	bench_relay(&bench, 0, "ok", BENCH_SDP);
	assert_int_equal(bench.nsent, 2);
	bench_pass(&bench, 100000);
	assert_null(bench.e->calls);
	for (unsigned i = 0; i < bench.nsent; i++)
		bench_expect_no(bench.sent[i].text, "INVITE sip:");
	assert_int_equal(bench_count(&bench, COUNT_CALL_CANCELLED), 1);
	bench_close(&bench);
}

/* Timer C (RFC 3261 16.6 step 11): anew with each 18x, not with 100 (C9). */
static void ringing_without_end(void **state)
{
	struct call *c;
	unsigned invite;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	c = bench_invite(&bench);
	invite = bench.nsent - 1;
	bench_answer(&bench, invite, 180, "", "");
	bench_pass(&bench, 59000);
	bench_answer(&bench, invite, 180, "", "");
	bench_pass(&bench, 59000);
	bench_answer(&bench, invite, 100, "", "");
	assert_int_equal(c->state, CALL_SETUP);
	bench_pass(&bench, 1000);
	assert_int_equal(bench_count(&bench, COUNT_CALL_NO_ANSWER), 1);
	bench_expect(bench.sent[bench.nsent - 2].text, "CANCEL ");
	assert_int_equal(bench_last_status(&bench), 408);
	bench_close(&bench);
}

static void open_and_answered(void **state)
{
	struct call *c;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	c = bench_invite(&bench);
	assert_true(pass_is_open(c->passes));
	assert_false(pass_is_answered(c->passes));
	bench_answer(&bench, bench.nsent - 1, 200, "Contact: <sip:a@10.0.0.20>\nContent-Type: application/sdp\n",
		     BENCH_SDP);
	assert_false(pass_is_open(c->passes));
	assert_false(pass_is_answered(c->passes)); /* the relay has the answer */
	bench_relay(&bench, 1, "ok", BENCH_SDP);
	assert_true(pass_is_answered(c->passes));
	bench_close(&bench);
}

/* The ACK is kept for repeated 2xx, and no longer than they can come: calls last longer than that. */
static void the_ack_is_kept_for_a_while(void **state)
{
	struct call *c;
	struct span ok;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	c = bench_call(&bench, &ok);
	assert_non_null(c->leg[SIDE_B]->ack);
	bench_pass(&bench, 31000);
	assert_non_null(c->leg[SIDE_B]->ack);
	bench_pass(&bench, 2000);
	assert_int_equal(c->state, CALL_UP);
	assert_null(c->leg[SIDE_B]->ack);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(max_forwards_goes_down),
		cmocka_unit_test(sdp_goes_through_the_relay_first),
		cmocka_unit_test(what_the_relay_refuses_is_refused),
		cmocka_unit_test(other_bodies_are_refused),
		cmocka_unit_test(cancelled_before_it_went_out),
		cmocka_unit_test(ringing_without_end),
		cmocka_unit_test(open_and_answered),
		cmocka_unit_test(the_ack_is_kept_for_a_while),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

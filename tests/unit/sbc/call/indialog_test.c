/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/indialog.h"

#include "tests/unit/sbc/bench.h"

static struct bench bench;

static void request(struct span ok, const char *method, unsigned cseq, const char *lines)
{
	bench_forget(&bench);
	bench_receive(&bench, bench_carrier(&bench), bench_in_dialog(&bench, ok, method, cseq, lines));
}

/* RFC 3261 12.2.2: lower than the last: 500; a gap is fine. */
static void sequence_numbers(void **state)
{
	struct span ok;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	bench_call(&bench, &ok);
	request(ok, "INFO", 7, "");
	bench_expect(bench_last(&bench), "INFO sip:alice@10.0.0.20:5062 ");
	request(ok, "INFO", 6, "");
	assert_int_equal(bench.nsent, 1);
	assert_int_equal(bench_last_status(&bench), 500);
	assert_int_equal(bench_count(&bench, COUNT_REFUSE_CSEQ), 1);
	request(ok, "INFO", 100, "");
	bench_expect(bench_last(&bench), "INFO sip:alice@10.0.0.20:5062 ");
	bench_close(&bench);
}

/* Each kind of request crosses with what may cross, and its answer comes back. */
static void requests_go_through(void **state)
{
	static const char *const methods[] = { "INFO", "MESSAGE", "NOTIFY", "UPDATE", "OPTIONS" };
	struct span ok;

	(void)state;
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		bench_open(&bench, BENCH_CONF);
		bench_call(&bench, &ok);
		request(ok, methods[i], 2, "Subject: s\nX-Inside: 1\n");
		assert_int_equal(bench.nsent, 1);
		assert_int_equal(bench.nasked, 0);
		bench_expect(bench_last(&bench), methods[i]);
		bench_expect(bench_last(&bench), " sip:alice@10.0.0.20:5062 SIP/2.0\r\n");
		bench_expect(bench_last(&bench), "\r\nSubject: s\r\n");
		bench_expect_no(bench_last(&bench), "X-Inside");
		bench_answer(&bench, 0, 202, "", "");
		assert_int_equal(bench_last_status(&bench), 202);
		assert_int_equal(bench.e->calls->state, CALL_UP);
		bench_close(&bench);
	}
}

static void bye_ends_the_other_side(void **state)
{
	struct span ok;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	bench_call(&bench, &ok);
	request(ok, "BYE", 2, "");
	assert_int_equal(bench.nsent, 2);
	bench_expect(bench.sent[0].text, "SIP/2.0 200 ");
	bench_expect(bench.sent[1].text, "BYE sip:alice@10.0.0.20:5062 ");
	bench_expect(bench.asked[0].text, "7:command6:delete");
	bench_answer_byes(&bench);
	request(ok, "BYE", 3, "");
	assert_int_equal(bench_last_status(&bench), 481);
	assert_int_equal(bench_count(&bench, COUNT_REFUSE_NO_DIALOG), 1);
	bench_close(&bench);
}

/* R8, RFC 3261 14.1: one offer at a time. */
static void offers_that_cross(void **state)
{
	struct span ok, theirs;
	struct call *c;
	unsigned invite;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	c = bench_call(&bench, &ok);
	request(ok, "INVITE", 2, "");
	invite = bench.nsent - 1;
	bench_expect(bench_last(&bench), "INVITE sip:alice@10.0.0.20:5062 ");
	/* From the same side, before the first is answered: 500 with Retry-After (RFC 3261 14.2). */
	bench_receive(&bench, bench_carrier(&bench), bench_in_dialog(&bench, ok, "INVITE", 3, ""));
	assert_int_equal(bench_last_status(&bench), 500);
	bench_expect(bench_last(&bench), "\r\nRetry-After: ");
	/* From the other side: 491. */
	theirs = bench_text(
		&bench,
		"INVITE sip:x@10.0.0.5 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.20:5062;branch=z9hG4bKglare\n"
		"Max-Forwards: 70\nFrom: <sip:alice@example.com>;tag=theirs\nTo: <sip:x@example.com>;tag=%.*s\n"
		"Call-ID: %.*s\nCSeq: 5 INVITE\nContact: <sip:alice@10.0.0.20:5062>\nX-Pad: %0300d\n"
		"Content-Length: 0\n\n",
		SPAN_ARG(buf_span(c->leg[SIDE_B]->local_tag)), SPAN_ARG(buf_span(c->leg[SIDE_B]->call_id)), 0);
	bench_receive(&bench, bench_phone(&bench), theirs);
	assert_int_equal(bench_last_status(&bench), 491);
	assert_int_equal(bench_count(&bench, COUNT_REFUSE_GLARE), 2);
	/* The first goes on. */
	bench_answer(&bench, invite, 488, "", "");
	assert_int_equal(bench_last_status(&bench), 488);
	assert_int_equal(c->state, CALL_UP);
	assert_null(c->invite);
	bench_close(&bench);
}

/* An ACK of another INVITE than the last, or one more, changes nothing. */
static void acks(void **state)
{
	struct call *c;
	struct span ok;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	c = bench_invite(&bench);
	bench_answer(&bench, bench.nsent - 1, 200,
		     "Contact: <sip:alice@10.0.0.20:5062>\nContent-Type: application/sdp\n", BENCH_SDP);
	bench_relay(&bench, 1, "ok", BENCH_SDP);
	ok = bench_last(&bench);
	bench_forget(&bench);
	bench_receive(&bench, bench_carrier(&bench), bench_in_dialog(&bench, ok, "ACK", 2, ""));
	assert_int_equal(bench.nsent, 0);
	assert_true(timer_runs(&c->leg[SIDE_A]->answer_timer));
	for (int i = 0; i < 2; i++)
		bench_receive(&bench, bench_carrier(&bench), bench_in_dialog(&bench, ok, "ACK", 1, ""));
	assert_int_equal(bench.nsent, 1);
	bench_expect(bench_last(&bench), "ACK sip:alice@10.0.0.20:5062 ");
	assert_false(timer_runs(&c->leg[SIDE_A]->answer_timer));
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sequence_numbers),
		cmocka_unit_test(requests_go_through),
		cmocka_unit_test(bye_ends_the_other_side),
		cmocka_unit_test(offers_that_cross),
		cmocka_unit_test(acks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

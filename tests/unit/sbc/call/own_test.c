/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/own.h"

#include "sbc/call/callend.h"
#include "sbc/call/leg.h"
#include "tests/unit/sbc/bench.h"

static struct bench bench;

/* What done heard. */
struct heard {
	unsigned times;
	uint16_t status;
	bool message, hangs_up, acks;
	struct call *call;
};

static void on_done(struct engine *e, struct own *o, uint16_t status, const struct sip_msg *m)
{
	struct heard *h = own_user(o);

	h->times++;
	h->status = status;
	h->message = m != NULL;
	h->call = own_leg(o)->call;
	if (h->acks)
		own_keep_ack(o);
	if (h->hangs_up)
		callend(e, h->call, COUNT_CALL_OPERATOR, 0, NULL);
}

/* A call is up; the callee is sent a request of ours: message 0. */
static struct call *send_one(enum sip_method method, const char *body, struct heard *h)
{
	struct own_request r = {
		.method = method,
		.lines = SPAN("Subject: ours\r\n"),
		.content_type = SPAN("application/sdp"),
		.body = span_str(body),
		.done = on_done,
		.user = h,
	};
	struct call *c;
	struct span ok;

	bench_open(&bench, BENCH_CONF);
	c = bench_call(&bench, &ok);
	bench_forget(&bench);
	assert_true(own_send(bench.e, c->leg[SIDE_B], &r));
	return c;
}

static void its_answer_is_heard(void **state)
{
	struct heard h = { 0 };
	struct call *c = send_one(SIP_OPTIONS, "", &h);

	(void)state;
	bench_expect(bench_last(&bench), "OPTIONS sip:alice@10.0.0.20:5062 SIP/2.0\r\n");
	bench_expect(bench_last(&bench), "Subject: ours\r\n");
	bench_expect(bench_last(&bench), "Max-Forwards: 70\r\n");
	bench_expect_no(bench_last(&bench), "Content-Type");
	bench_answer(&bench, 0, 200, "", "");
	assert_true(h.times == 1 && h.status == 200 && h.message);
	bench_pass(&bench, 40000);
	assert_null(c->passes);
	assert_int_equal(c->state, CALL_UP);
	bench_close(&bench);
}

/* R3: what the final response to each means for the call. */
static void what_ends_the_call(void **state)
{
	static const struct {
		enum sip_method method;
		uint16_t status; /* 0: nobody answers */
		uint16_t heard;
		enum call_state after;
	} cases[] = {
		{ SIP_UPDATE, 481, 481, CALL_OVER }, { SIP_UPDATE, 408, 408, CALL_OVER },
		{ SIP_UPDATE, 0, 408, CALL_OVER },   { SIP_UPDATE, 500, 500, CALL_UP },
		{ SIP_UPDATE, 401, 401, CALL_UP },   { SIP_INVITE, 481, 481, CALL_OVER },
		{ SIP_INVITE, 488, 488, CALL_UP },   { SIP_INVITE, 0, 408, CALL_OVER },
		{ SIP_OPTIONS, 481, 481, CALL_UP },  { SIP_OPTIONS, 0, 408, CALL_UP },
		{ SIP_NOTIFY, 481, 481, CALL_UP },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct heard h = { 0 };
		struct call *c = send_one(cases[i].method, cases[i].method == SIP_INVITE ? BENCH_SDP : "", &h);

		if (cases[i].status)
			bench_answer(&bench, 0, cases[i].status, "", "");
		else
			bench_pass(&bench, TXN_TIMEOUT_MS + 1);
		assert_int_equal(h.times, 1);
		assert_int_equal(h.status, cases[i].heard);
		assert_int_equal(h.message, cases[i].status != 0);
		assert_int_equal(c->state, cases[i].after);
		bench_close(&bench);
	}
}

static void a_2xx_is_acknowledged(void **state)
{
	struct heard h = { 0 };
	struct call *c = send_one(SIP_INVITE, BENCH_SDP, &h);

	(void)state;
	assert_non_null(c->invite);
	bench_answer(&bench, 0, 200, "Contact: <sip:moved@10.0.0.20:5062>\n", "");
	bench_expect(bench_last(&bench), "ACK sip:moved@10.0.0.20:5062 SIP/2.0\r\n");
	assert_null(c->invite);
	bench_forget(&bench);
	bench_close(&bench);
}

static void the_ack_may_be_the_callers(void **state)
{
	struct heard h = { .acks = true };
	struct call *c = send_one(SIP_INVITE, BENCH_SDP, &h);

	(void)state;
	bench_answer(&bench, 0, 200, "Contact: <sip:moved@10.0.0.20:5062>\n", "");
	assert_int_equal(bench.nsent, 1);
	assert_true(c->invite && c->leg[SIDE_B]->ack_owed);
	leg_ack(bench.e, c->leg[SIDE_B], SPAN(BENCH_SDP));
	c->invite = NULL;
	bench_expect(bench_last(&bench), BENCH_SDP);
	bench_close(&bench);
}

static void done_may_end_the_call(void **state)
{
	static const enum sip_method methods[] = { SIP_INVITE, SIP_UPDATE, SIP_OPTIONS };

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct heard h = { .hangs_up = true };

		send_one(methods[i], "", &h);
		bench_answer(&bench, 0, 200, "", "");
		assert_int_equal(h.times, 1);
		bench_answer_byes(&bench);
		for (unsigned k = 0; k < bench.nsent; k++)
			if (span_starts(bench.sent[k].text, SPAN("BYE ")))
				bench_answer(&bench, k, 200, "", "");
		bench_pass(&bench, 40000);
		assert_null(bench.e->calls);
		bench_close(&bench);
	}
}

/* O1: glare for ever ends. */
static void gives_up_after_many_491(void **state)
{
	struct heard h = { 0 };
	struct call *c = send_one(SIP_INVITE, BENCH_SDP, &h);
	unsigned sent = 0;

	(void)state;
	for (unsigned i = 0; i < 20 && !h.times; i++) {
		sent += bench.nsent > 0 && span_starts(bench.sent[0].text, SPAN("INVITE "));
		bench_answer(&bench, 0, 491, "", "");
		bench_forget(&bench);
		bench_pass(&bench, 4200);
	}
	assert_int_equal(h.status, 491);
	assert_in_range(sent, 2, 10);
	assert_int_equal(c->state, CALL_UP);
	assert_null(c->invite);
	bench_close(&bench);
}

static void not_in_a_call_that_is_over(void **state)
{
	struct heard h = { 0 };
	struct own_request r = { .method = SIP_UPDATE, .done = on_done, .user = &h };
	struct call *c = send_one(SIP_OPTIONS, "", &h);

	(void)state;
	callend(bench.e, c, COUNT_CALL_OPERATOR, 0, NULL);
	assert_false(own_send(bench.e, c->leg[SIDE_B], &r));
	bench_answer(&bench, 0, 200, "", "");
	assert_int_equal(h.times, 0);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_answer_is_heard),        cmocka_unit_test(what_ends_the_call),
		cmocka_unit_test(a_2xx_is_acknowledged),      cmocka_unit_test(the_ack_may_be_the_callers),
		cmocka_unit_test(done_may_end_the_call),      cmocka_unit_test(gives_up_after_many_491),
		cmocka_unit_test(not_in_a_call_that_is_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

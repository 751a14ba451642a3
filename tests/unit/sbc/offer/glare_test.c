/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/offer/glare.h"

#include "sbc/call/leg.h"
#include "tests/unit/sbc/bench.h"

static struct bench bench;

/* The seconds of a Retry-After, which are random (RFC 3261 14.2); 0: none. */
static uint32_t retry_after(void)
{
	struct span m = bench_last(&bench), name = SPAN("\r\nRetry-After: ");
	struct span value = span_from(m, span_search(m, name) + name.n);
	uint32_t seconds = 0;

	span_u32(span_slice(value, 0, span_find(value, '\r')), &seconds);
	return seconds;
}

/* What is under way in the call. */
enum {
	OFFER_NEAR = 1,
	OFFER_FAR = 2,
	INVITE_NEAR = 4,
	INVITE_FAR = 8,
	ANSWERED = 16,
	ACK_NEAR = 32,
	ACK_FAR = 64,
	OWED = 128
};

static void set(struct call *c, unsigned what, struct pass passes[2], struct txn *in)
{
	struct pass *near = &passes[0], *far = &passes[1];

	near->from = c->leg[SIDE_A];
	far->from = c->leg[SIDE_B];
	near->in = far->in = in;
	near->answered = far->answered = what & ANSWERED;
	c->offer = what & OFFER_NEAR ? near : what & OFFER_FAR ? far : NULL;
	c->invite = what & INVITE_NEAR ? near : what & INVITE_FAR ? far : NULL;
	c->leg[SIDE_B]->ack_owed = what & OWED;
	if (what & ACK_NEAR)
		leg_answer_start(bench.e, c->leg[SIDE_A], SPAN("SIP/2.0 200 OK\r\n\r\n"));
	if (what & ACK_FAR)
		leg_answer_start(bench.e, c->leg[SIDE_B], SPAN("SIP/2.0 200 OK\r\n\r\n"));
}

/* One offer at a time: who asks again too early waits some seconds (500), who crosses another tries again (491). */
static void verdicts(void **state)
{
	static const struct {
		const char *what;
		unsigned under_way;
		unsigned invite, update; /* status; 0: it may go on */
	} cases[] = {
		{ "nothing", 0, 0, 0 },
		{ "its own offer", OFFER_NEAR, 500, 500 },
		{ "the other's offer", OFFER_FAR, 491, 491 },
		{ "its own INVITE", INVITE_NEAR, 500, 500 },
		{ "the other's INVITE", INVITE_FAR, 491, 491 },
		{ "its own INVITE, no ACK", INVITE_NEAR | ANSWERED, 491, 491 },
		{ "the other's INVITE, no ACK", INVITE_FAR | ANSWERED, 491, 491 },
		{ "we owe an ACK", OWED, 491, 491 },
		{ "an answer of ours, no ACK", ACK_NEAR, 491, 491 },
		{ "one to the other, no ACK", ACK_FAR, 491, 491 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		for (int update = 0; update < 2; update++) {
			struct span ok, text;
			struct call *c;
			struct pass passes[2] = { 0 };
			struct txn in = { 0 }, *t;
			unsigned expected = update ? cases[i].update : cases[i].invite, got;
			struct sip_msg m;
			struct flow from;

			bench_open(&bench, BENCH_CONF);
			from = bench_carrier(&bench);
			c = bench_call(&bench, &ok);
			text = bench_request(&bench, update ? "UPDATE" : "INVITE", "sip:x@198.51.100.5", "glare", 2, "",
					     BENCH_SDP);
			m = bench_msg(text);
			t = txn_server(&bench.e->txns, &m, NULL, &from);
			set(c, cases[i].under_way, passes, &in);
			bench_forget(&bench);
			got = glare_refuses(bench.e, c->leg[SIDE_A], t, &m) ? bench_last_status(&bench) : 0;
			if (got != expected)
				fail_msg("%s: %s is answered %u", cases[i].what, update ? "UPDATE" : "INVITE", got);
			if (got == 500)
				assert_in_range(retry_after(), 1, 10);
			set(c, 0, passes, &in);
			bench_close(&bench);
		}
	}
}

/* No offer, no glare. */
static void what_is_no_offer(void **state)
{
	static const char *const methods[] = { "UPDATE", "INFO", "REFER" };
	struct pass passes[2] = { 0 };
	struct txn in = { 0 };
	struct span ok;
	struct call *c;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	c = bench_call(&bench, &ok);
	set(c, INVITE_FAR, passes, &in);
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		struct sip_msg m = bench_msg(
			bench_request(&bench, methods[i], "sip:x@198.51.100.5", "glare", 2 + (unsigned)i, "", ""));

		assert_false(glare_refuses(bench.e, c->leg[SIDE_A], NULL, &m));
	}
	set(c, 0, passes, &in);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts),
		cmocka_unit_test(what_is_no_offer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

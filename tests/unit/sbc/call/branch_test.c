/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/branch.h"

#include "tests/unit/sbc/bench.h"

static struct bench bench;

static unsigned sent(const char *method)
{
	unsigned n = 0;

	for (unsigned i = 0; i < bench.nsent; i++)
		n += span_starts(bench.sent[i].text, span_str(method));
	return n;
}

/* A response to our INVITE, which is message i, with a tag. */
static void answer_as(unsigned i, const char *tag, uint16_t status)
{
	bench.their_tag = tag;
	bench_answer(&bench, i, status, "Contact: <sip:alice@10.0.0.20:5062>\n", "");
}

/* C1, RFC 3261 9.1: a CANCEL goes out once something was heard, and only once; after the final response not at all. */
static void cancel(void **state)
{
	static const struct {
		uint16_t before, after; /* response before and after it is cancelled; 0: none */
		unsigned expected[2];   /* CANCELs then */
	} cases[] = {
		{ 0, 0, { 0, 0 } },   { 0, 100, { 0, 1 } },   { 0, 180, { 0, 1 } },
		{ 100, 0, { 1, 1 } }, { 180, 180, { 1, 1 } }, { 0, 486, { 0, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct branch *b;
		unsigned at;

		bench_open(&bench, BENCH_CONF);
		b = bench_invite(&bench)->passes->branches;
		at = bench.nsent - 1;
		if (cases[i].before)
			answer_as(at, "one", cases[i].before);
		branch_cancel(bench.e, b, SPAN("Reason: SIP;cause=1\r\n"));
		branch_cancel(bench.e, b, SPAN("Reason: SIP;cause=2\r\n"));
		assert_int_equal(sent("CANCEL "), cases[i].expected[0]);
		if (cases[i].after)
			answer_as(at, "one", cases[i].after);
		if (sent("CANCEL ") != cases[i].expected[1])
			fail_msg("%u, %u: %u", cases[i].before, cases[i].after, sent("CANCEL "));
		if (cases[i].expected[1])
			bench_expect(bench_last(&bench), "Reason: SIP;cause=1\r\n"); /* the first one counts */
		bench_close(&bench);
	}
}

/* C6, C9: Timer C starts anew with each 18x, not with 100; a CANCEL that nobody heeds has 64*T1. */
static void ringing(void **state)
{
	struct call *c;
	unsigned at;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	c = bench_invite(&bench);
	at = bench.nsent - 1;
	answer_as(at, "one", 180);
	bench_pass(&bench, 59000);
	answer_as(at, "one", 180);
	bench_pass(&bench, 59000);
	answer_as(at, "one", 100);
	assert_int_equal(sent("CANCEL "), 0);
	bench_pass(&bench, 1000);
	assert_int_equal(sent("CANCEL "), 1);
	assert_int_equal(c->state, CALL_OVER);
	assert_non_null(bench.e->calls);
	bench_pass(&bench, 33000);
	assert_null(bench.e->calls);
	bench_close(&bench);
}

/* Each phone behind a forking proxy is a dialog of its own, up to a number that is enough for all. */
static void early_dialogs(void **state)
{
	enum { MOST = 8 };
	char tag[MOST + 1][16];
	struct leg *leg[MOST];
	struct branch *b;
	unsigned at;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	b = bench_invite(&bench)->passes->branches;
	at = bench.nsent - 1;
	for (unsigned i = 0; i <= MOST; i++)
		snprintf(tag[i], sizeof(tag[i]), "phone%u", i);
	for (unsigned i = 0; i < MOST; i++) {
		struct sip_msg m;

		answer_as(at, tag[i], 180);
		m = bench_msg(bench_text(&bench, "SIP/2.0 180 Ringing\nTo: <sip:a@b>;tag=%s\n\n", tag[i]));
		leg[i] = branch_leg(bench.e, b, &m);
		assert_non_null(leg[i]);
		assert_true(span_eq(buf_span(leg[i]->remote_tag), span_str(tag[i])));
		for (unsigned k = 0; k < i; k++)
			assert_ptr_not_equal(leg[i], leg[k]);
	}
	struct sip_msg m = bench_msg(bench_text(&bench, "SIP/2.0 180 Ringing\nTo: <sip:a@b>;tag=%s\n\n", tag[MOST]));

	assert_null(branch_leg(bench.e, b, &m));
	m = bench_msg(bench_text(&bench, "SIP/2.0 180 Ringing\nTo: <sip:a@b>;tag=%s\n\n", tag[0]));
	assert_ptr_equal(branch_leg(bench.e, b, &m), leg[0]);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cancel),
		cmocka_unit_test(ringing),
		cmocka_unit_test(early_dialogs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

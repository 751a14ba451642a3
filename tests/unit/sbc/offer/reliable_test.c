/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/offer/reliable.h"

#include "sbc/call/calls.h"
#include "sbc/call/pass.h"
#include "tests/unit/sbc/bench.h"

static struct bench bench;

static struct sip_msg response(unsigned status, const char *lines)
{
	return bench_msg(bench_text(&bench,
				    "SIP/2.0 %u X\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\nFrom: <sip:a@b>;tag=1\n"
				    "To: <sip:a@b>;tag=2\nCall-ID: 1\nCSeq: 1 INVITE\n%sContent-Length: 0\n\n",
				    status, lines));
}

/* RFC 3262 4: option tag and number, both; never 100 (P5). */
static void which_responses_are_reliable(void **state)
{
	static const struct {
		unsigned status;
		const char *lines;
		bool reliable;
	} cases[] = {
		{ 180, "Require: 100rel\nRSeq: 1\n", true },
		{ 199, "RSeq: 4294967295\nRequire: x, 100REL\n", true },
		{ 101, "Require: x\nRequire: 100rel\nRSeq: 7\n", true },
		{ 180, "RSeq: 1\n", false },
		{ 180, "Supported: 100rel\nRSeq: 1\n", false },
		{ 180, "Require: 100rel\n", false },
		{ 180, "Require: 100rel\nRSeq: 0\n", false },
		{ 180, "Require: 100rel\nRSeq: one\n", false },
		{ 100, "Require: 100rel\nRSeq: 1\n", false },
		{ 200, "Require: 100rel\nRSeq: 1\n", false },
	};

	(void)state;
	bench_open(&bench, BENCH_CONF);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sip_msg m = response(cases[i].status, cases[i].lines);

		assert_int_equal(reliable_is(&m), cases[i].reliable);
	}
	bench_close(&bench);
}

/* P2: each once, in their order; the first may have any number. */
static void which_responses_are_taken(void **state)
{
	static const struct {
		const char *lines;
		bool taken;
	} cases[] = {
		{ "Require: 100rel\nRSeq: 4294967293\n", true },  { "Require: 100rel\nRSeq: 4294967293\n", false },
		{ "Require: 100rel\nRSeq: 4294967295\n", false }, { "", true },
		{ "Require: 100rel\nRSeq: 4294967294\n", true },  { "Require: 100rel\nRSeq: 4294967293\n", false },
		{ "Require: 100rel\nRSeq: 4294967295\n", true },  { "Require: 100rel\nRSeq: 1\n", false },
	};
	struct call *c;
	struct pass p = { .method = SIP_INVITE };

	(void)state;
	bench_open(&bench, BENCH_CONF);
	c = calls_new(bench.e);
	p.call = c;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sip_msg m = response(180, cases[i].lines);

		assert_int_equal(reliable_take(bench.e, &p, c->leg[SIDE_B], &m), cases[i].taken);
	}
	assert_int_equal(bench_count(&bench, COUNT_RX_RELIABLE_AGAIN), 3);
	assert_int_equal(bench_count(&bench, COUNT_DROP_RSEQ), 1);
	calls_free(bench.e, c);
	bench_close(&bench);
}

/* One that can't be used yet counts when it comes again, and only then the next. */
static void what_was_not_used_is_taken_again(void **state)
{
	struct sip_msg first, next;
	struct pass p = { .method = SIP_INVITE };
	struct leg *l;
	struct call *c;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	c = calls_new(bench.e);
	l = c->leg[SIDE_B];
	p.call = c;
	for (unsigned i = 0; i < 2; i++) {
		first = response(183, "Require: 100rel\nRSeq: 9\n");
		assert_true(reliable_take(bench.e, &p, l, &first));
		reliable_untake(l, &first);
	}
	assert_true(reliable_take(bench.e, &p, l, &first));
	assert_false(reliable_take(bench.e, &p, l, &first));
	next = response(183, "Require: 100rel\nRSeq: 10\n");
	assert_true(reliable_take(bench.e, &p, l, &next));
	calls_free(bench.e, c);
	bench_close(&bench);
}

/* What one INVITE has left does not count for the next. */
static void each_invite_begins_anew(void **state)
{
	struct sip_msg m;
	struct pass first = { .method = SIP_INVITE }, second = { .method = SIP_INVITE };
	struct call *c;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	m = response(180, "Require: 100rel\nRSeq: 9\n");
	c = calls_new(bench.e);
	first.call = second.call = c;
	assert_true(reliable_take(bench.e, &first, c->leg[SIDE_B], &m));
	reliable_agree(bench.e, c->leg[SIDE_B], c->leg[SIDE_A], &m);
	assert_true(reliable_has_agreed(c->leg[SIDE_A], c->leg[SIDE_B]));
	assert_true(reliable_is_settled(c->leg[SIDE_B]));
	assert_false(reliable_take(bench.e, &first, c->leg[SIDE_B], &m));
	assert_true(reliable_take(bench.e, &second, c->leg[SIDE_B], &m));
	assert_false(reliable_is_settled(c->leg[SIDE_B]));
	reliable_forget(bench.e, &first);
	assert_null(c->leg[SIDE_A]->reliable);
	assert_non_null(c->leg[SIDE_B]->reliable);
	reliable_forget(bench.e, &second);
	assert_null(c->leg[SIDE_B]->reliable);
	calls_free(bench.e, c);
	bench_close(&bench);
}

/* P5: only an INVITE says anything about it. */
static void what_the_request_says(void **state)
{
	static const struct {
		const char *method, *lines;
		bool can, must;
	} cases[] = {
		{ "INVITE", "", false, false },
		{ "INVITE", "Supported: timer, 100rel\n", true, false },
		{ "INVITE", "k: 100rel\n", true, false },
		{ "INVITE", "Require: 100rel\n", true, true },
		{ "INVITE", "Supported: 100rel\nRequire: 100rel\n", true, true },
		{ "UPDATE", "Supported: 100rel\nRequire: 100rel\n", false, false },
	};

	(void)state;
	bench_open(&bench, BENCH_CONF);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sip_msg m =
			bench_msg(bench_text(&bench,
					     "%s sip:a@b SIP/2.0\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\n"
					     "From: <sip:a@b>;tag=1\nTo: <sip:a@b>\nCall-ID: 1\nCSeq: 1 %s\n%s"
					     "Content-Length: 0\n\n",
					     cases[i].method, cases[i].method, cases[i].lines));
		struct pass p = { 0 };

		reliable_read(&p, &m);
		assert_int_equal(p.can_rel, cases[i].can);
		assert_int_equal(p.must_rel, cases[i].must);
	}
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(which_responses_are_reliable),
		cmocka_unit_test(which_responses_are_taken),
		cmocka_unit_test(what_was_not_used_is_taken_again),
		cmocka_unit_test(each_invite_begins_anew),
		cmocka_unit_test(what_the_request_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

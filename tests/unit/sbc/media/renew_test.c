/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/media/renew.h"

#include "tests/unit/sbc/bench.h"

#include "sbc/media/revive.h"

/* What the relay showed for a call: o=- 1 1, port 4000. */
#define TOLD   "8:1 1 4000"
#define ANSWER "Contact: <sip:alice@10.0.0.20:5062>\nContent-Type: application/sdp\n"
#define CONF                                                                                                           \
	"{ " BENCH_REALMS ", " BENCH_TRUNK                                                                             \
	", \"limits\": { \"calls\": 40, \"transactions\": 200, \"registrations\": 8 } }"

enum { OF_A = 1 << SIDE_A, OF_B = 1 << SIDE_B };

static struct bench bench;

static int start(void **state)
{
	(void)state;
	bench_open(&bench, CONF);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	bench_close(&bench);
	return 0;
}

static struct call *call_up(void)
{
	struct span ok;
	struct call *c = bench_call(&bench, &ok);

	bench_forget(&bench);
	return c;
}

/* The relay answers question i with a description, and says who is to be told anew: a list of tags. */
static void relay_says(unsigned i, const char *anew)
{
	const struct span asked = bench.asked[i].text, cookie = span_slice(asked, 0, span_find(asked, ' '));

	engine_relay_receive(bench.e,
			     bench_text(&bench, "%.*s d4:anewl%se6:result2:ok3:sdp%zu:%se", SPAN_ARG(cookie), anew,
					strlen(BENCH_SDP), BENCH_SDP),
			     core_now(&bench.e->core));
}

static void sides_are_read(void **state)
{
	static const struct {
		const char *dict;
		uint8_t sides;
	} cases[] = {
		{ "d4:anewl1:aee", OF_A }, { "d4:anewl1:bee", OF_B }, { "d4:anewl1:a1:bee", OF_A | OF_B },
		{ "d4:anewlee", 0 },       { "d4:anew1:ae", 0 },      { "de", 0 },
	};
	const struct call *c = call_up();

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct ng_answer a = { .body = span_str(cases[i].dict) };

		if (renew_sides(c, &a) != cases[i].sides)
			fail_msg("%s: %u", cases[i].dict, renew_sides(c, &a));
	}
}

/* The whole way, from what the relay said when the call was set up again. */
static void one_side_is_told_and_the_other_hears_nothing(void **state)
{
	struct call *c = call_up();

	(void)state;
	revive(bench.e, c);
	relay_says(0, "1:b");
	assert_null(c->renew); /* whether b keeps what it is offered there is not known yet */
	relay_says(1, "1:b");
	assert_int_equal(bench_count(&bench, COUNT_CALL_REVIVED), 1);
	assert_int_equal(bench.nasked, 3);
	bench_expect(bench.asked[2].text, "7:command5:offer");
	bench_expect(bench.asked[2].text, "8:from-tag1:a");
	bench_expect_no(bench.asked[2].text, "resume");
	assert_true(renew_is_out(c));
	bench_relay(&bench, 2, "ok", BENCH_SDP);
	assert_int_equal(bench.nsent, 1);
	bench_expect(bench.sent[0].text, "INVITE sip:alice@10.0.0.20:5062");
	bench_answer(&bench, 0, 200, ANSWER, BENCH_SDP);
	bench_expect(bench.asked[3].text, "7:command6:answer");
	bench_expect(bench.asked[3].text, "6:resumel0:" TOLD "e");
	bench_expect(bench_last(&bench), "ACK sip:alice@10.0.0.20:5062");
	assert_int_equal(bench.e->renewals.ncall, 1);
	bench_relay(&bench, 3, "ok", BENCH_SDP);
	assert_null(c->renew);
	assert_int_equal(bench.e->renewals.ncall, 0);
	assert_int_equal(bench_count(&bench, COUNT_CALL_RENEWED), 1);
	assert_int_equal(bench.nsent, 2);
}

/* One after the other; who told the relay something himself meanwhile is not asked. */
static void the_other_side_follows(void **state)
{
	static const struct {
		const char *left;
		bool asked;
	} cases[] = { { "1:b", true }, { "", false } };

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct call *c = call_up();

		renew(bench.e, c, OF_A | OF_B);
		bench_expect(bench.asked[0].text, "8:from-tag1:b");
		bench_relay(&bench, 0, "ok", BENCH_SDP);
		bench_expect(bench.sent[0].text, "INVITE sip:trunk@");
		bench_answer(&bench, 0, 200, ANSWER, BENCH_SDP);
		relay_says(1, cases[i].left);
		assert_int_equal(bench.nasked, cases[i].asked ? 3 : 2);
		assert_int_equal(c->renew != NULL, cases[i].asked);
		bench_close(&bench);
		bench_open(&bench, CONF);
	}
}

static void what_ends_the_call(void **state)
{
	static const struct {
		const char *offered; /* what the relay says to the offer */
		uint16_t status;
		const char *body, *answered; /* what it says to the answer */
		const char *why;
	} cases[] = {
		{ "error", 0, "", "", "the callee cannot be offered new keys: " },
		{ "ok", 488, "", "", "the callee did not take new keys: 488" },
		{ "ok", 481, "", "", "the callee did not take new keys: 481" },
		{ "ok", 408, "", "", "the callee did not answer when it was offered new keys" },
		{ "ok", 200, "", "", "the callee took new keys and said none" },
		{ "ok", 200, BENCH_SDP, "error", "the callee answered what cannot be used: " },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct call *c = call_up();

		renew(bench.e, c, OF_B);
		bench_relay(&bench, 0, cases[i].offered, *cases[i].offered == 'o' ? BENCH_SDP : "");
		if (cases[i].status)
			bench_answer(&bench, 0, cases[i].status, *cases[i].body ? ANSWER : "", cases[i].body);
		if (*cases[i].answered)
			bench_relay(&bench, bench.nasked - 1, cases[i].answered, "");
		assert_int_equal(c->state, CALL_OVER);
		assert_string_equal(lostcalls_at(&bench.e->lostcalls, 0)->why, cases[i].why);
		assert_int_equal(bench.e->renewals.ncall, 0);
		assert_int_equal(bench_count(&bench, COUNT_CALL_NOT_REVIVED), 1);
		bench_answer_byes(&bench);
		bench_close(&bench);
		bench_open(&bench, CONF);
	}
}

static void hang_up_ends_it(void **state)
{
	struct span ok;
	const struct call *c = bench_call(&bench, &ok);

	(void)state;
	bench_forget(&bench);
	renew(bench.e, (struct call *)c, OF_B);
	bench_receive(&bench, bench_carrier(&bench), bench_in_dialog(&bench, ok, "BYE", 2, ""));
	assert_int_equal(bench.e->renewals.ncall, 0);
	bench_relay(&bench, 0, "ok", BENCH_SDP); /* finds nobody */
	bench_answer_byes(&bench);
}

/* The relay says nothing: it is asked again, and given up after a minute. */
static void a_silent_relay_is_asked_again(void **state)
{
	const struct call *c = call_up();
	unsigned asked;

	(void)state;
	renew(bench.e, (struct call *)c, OF_B);
	bench_pass(&bench, 5000);
	asked = bench.nasked;
	assert_true(asked > RELAYLINK_TRIES); /* another question */
	assert_int_equal(c->state, CALL_UP);
	bench_relay(&bench, asked - 1, "ok", BENCH_SDP);
	bench_expect(bench_last(&bench), "INVITE sip:alice@10.0.0.20:5062");
}

/* The relay was started once more while the side is asked: what it answers is of no use. */
static void what_another_relay_offered_is_offered_again(void **state)
{
	struct call *c = call_up();

	(void)state;
	renew(bench.e, c, OF_B);
	bench_relay(&bench, 0, "ok", BENCH_SDP);
	renew_stop(bench.e, c);
	renew(bench.e, c, OF_B);
	assert_int_equal(bench.nasked, 1);
	bench_answer(&bench, 0, 200, ANSWER, BENCH_SDP);
	bench_expect(bench_last(&bench), "ACK sip:alice@10.0.0.20:5062");
	assert_int_equal(bench.nasked, 1);
	bench_pass(&bench, RENEW_BUSY_MS);
	bench_expect(bench.asked[1].text, "7:command5:offer");
	bench_relay(&bench, 1, "ok", BENCH_SDP);
	bench_answer(&bench, bench.nsent - 1, 200, ANSWER, BENCH_SDP);
	bench_relay(&bench, bench.nasked - 1, "ok", BENCH_SDP);
	assert_int_equal(bench_count(&bench, COUNT_CALL_RENEWED), 1);
	assert_null(c->renew);
}

static void call_by(const char *user)
{
	struct span ok;

	bench_forget(&bench);
	bench_receive(&bench, bench_carrier(&bench),
		      bench_request(&bench, "INVITE", "sip:alice@198.51.100.5", user, 1, "", BENCH_SDP));
	bench_relay(&bench, 0, "ok", BENCH_SDP);
	bench_answer(&bench, bench.nsent - 1, 200, ANSWER, BENCH_SDP);
	bench_relay(&bench, 1, "ok", BENCH_SDP);
	ok = bench_last(&bench);
	bench_receive(&bench, bench_carrier(&bench), bench_in_dialog(&bench, ok, "ACK", 1, ""));
}

static unsigned waiting(void)
{
	unsigned n = 0;

	for (const struct call *c = bench.e->calls; c; c = c->next)
		n += c->renew && !renew_is_out(c);
	return n;
}

/* Who has many calls is not asked about all of them at once; one that ends while it waits leaves the others theirs. */
static void so_many_at_a_time(void **state)
{
	enum { MORE = 3 };
	unsigned n = 0;

	(void)state;
	call_up();
	for (unsigned i = 1; i < RENEW_BATCH + MORE; i++)
		call_by((const char[]){ 'u', (char)('a' + i), '\0' });
	bench_forget(&bench);
	for (struct call *c = bench.e->calls; c; c = c->next)
		renew(bench.e, c, OF_B);
	assert_int_equal(bench.nasked, RENEW_BATCH);
	assert_int_equal(bench.e->renewals.ncall, RENEW_BATCH + MORE);
	assert_int_equal(waiting(), MORE);
	for (struct call *c = bench.e->calls; c; c = c->next)
		if (++n == RENEW_BATCH + MORE - 1)
			renew_over(bench.e, c);
	bench_pass(&bench, RENEW_BATCH_MS - 1);
	assert_int_equal(waiting(), MORE - 1);
	bench_pass(&bench, 1);
	assert_int_equal(waiting(), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		TEST(sides_are_read),
		TEST(one_side_is_told_and_the_other_hears_nothing),
		TEST(the_other_side_follows),
		TEST(what_ends_the_call),
		TEST(hang_up_ends_it),
		TEST(a_silent_relay_is_asked_again),
		TEST(what_another_relay_offered_is_offered_again),
		TEST(so_many_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

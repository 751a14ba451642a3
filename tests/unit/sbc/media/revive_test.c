/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/media/revive.h"

#include "tests/unit/sbc/bench.h"

#include "sbc/media/anchor.h"

/* What the relay showed for bench_call(): o=- 1 1, port 4000. */
#define TOLD "6:resumel8:1 1 40008:1 1 4000e"
#define SHOWN(version, port)                                                                                           \
	"v=0\r\no=- 1 " version " IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio " port             \
	" RTP/AVP 0\r\n"

static struct bench bench;

static int start(void **state)
{
	(void)state;
	bench_open(&bench, BENCH_CONF);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	bench_close(&bench);
	return 0;
}

/* A call that is up, about to be set up again: question 0 is the first. */
static struct call *reviving(void)
{
	struct span ok;
	struct call *c = bench_call(&bench, &ok);

	bench_forget(&bench);
	revive(bench.e, c);
	assert_int_equal(bench.nasked, 1);
	return c;
}

static void expect_ended(const struct call *c)
{
	assert_int_equal(c->state, CALL_OVER);
	assert_int_equal(bench_count(&bench, COUNT_CALL_NOT_REVIVED), 1);
	assert_int_equal(bench_count(&bench, COUNT_CALL_MEDIA_LOST), 1);
	assert_int_equal(bench.nsent, 2);
	for (unsigned i = 0; i < 2; i++) {
		bench_expect(bench.sent[i].text, "BYE ");
		bench_expect(bench.sent[i].text, "Reason: SIP;cause=503");
	}
	bench_answer_byes(&bench);
}

static void the_offer_and_then_its_answer(void **state)
{
	struct call *c = reviving();

	(void)state;
	bench_expect(bench.asked[0].text, "7:command5:offer");
	bench_expect(bench.asked[0].text, "8:from-tag1:a");
	bench_expect(bench.asked[0].text, "6:to-tag1:b");
	bench_expect(bench.asked[0].text, TOLD);
	bench_expect(bench.asked[0].text, "m=audio 4000");
	bench_relay(&bench, 0, "ok", BENCH_SDP);
	bench_expect(bench.asked[1].text, "7:command6:answer");
	bench_expect(bench.asked[1].text, TOLD); /* nobody is shown it */
	assert_int_equal(bench_count(&bench, COUNT_CALL_REVIVED), 0);
	bench_relay(&bench, 1, "ok", BENCH_SDP);
	assert_int_equal(bench_count(&bench, COUNT_CALL_REVIVED), 1);
	assert_int_equal(bench.nasked, 2);
	assert_int_equal(bench.nsent, 0);
	assert_int_equal(c->state, CALL_UP);
}

/* The relay counts on where it shows several descriptions. */
static void another_version_is_no_matter(void **state)
{
	struct call *c = reviving();

	(void)state;
	bench_relay(&bench, 0, "ok", SHOWN("2", "4000"));
	assert_int_equal(bench.nasked, 2);
	assert_int_equal(c->state, CALL_UP);
}

static void other_ports_end_the_call(void **state)
{
	struct call *c = reviving();

	(void)state;
	bench_relay(&bench, 0, "ok", SHOWN("1", "4002"));
	bench_expect(span_str(bench.log), "it chose other ports");
	expect_ended(c);
}

static void refused(void **state)
{
	struct call *c = reviving();
	char id[sizeof(c->id)];

	(void)state;
	memcpy(id, c->id, sizeof(id));
	bench_relay(&bench, 0, "error", "");
	expect_ended(c);
	assert_string_equal(lostcalls_at(&bench.e->lostcalls, 0)->id, id);
	assert_string_equal(lostcalls_at(&bench.e->lostcalls, 0)->why, "no description in its answer");
	assert_null(lostcalls_at(&bench.e->lostcalls, 1));
}

static void the_answer_refused(void **state)
{
	struct call *c = reviving();

	(void)state;
	bench_relay(&bench, 0, "ok", BENCH_SDP);
	bench_relay(&bench, 1, "error", "");
	expect_ended(c);
}

/* The relay went again: with the next one it is tried again, and the question that is out is forgotten. */
static void no_answer_ends_nothing(void **state)
{
	struct call *c = reviving();

	(void)state;
	bench_pass(&bench, 10000);
	assert_int_equal(c->state, CALL_UP);
	bench_forget(&bench);
	revive(bench.e, c);
	revive(bench.e, c);
	assert_int_equal(bench.nasked, 2);
	bench_relay(&bench, 0, "error", "");
	assert_int_equal(c->state, CALL_UP);
	bench_relay(&bench, 1, "ok", BENCH_SDP);
	assert_int_equal(bench.nasked, 3);
}

static void nothing_known_ends_the_call(void **state)
{
	struct span ok;
	struct call *c = bench_call(&bench, &ok);

	(void)state;
	bench_forget(&bench);
	anchor_fini(bench.e, c->leg[SIDE_B]);
	revive(bench.e, c);
	expect_ended(c);
}

/* It rings: the offer is made again, as to a branch. */
static void an_offer_that_waits(void **state)
{
	struct call *c = bench_invite(&bench);

	(void)state;
	bench_forget(&bench);
	revive(bench.e, c);
	assert_int_equal(bench.nasked, 1);
	bench_expect(bench.asked[0].text, "7:command5:offer");
	bench_expect(bench.asked[0].text, "10:via-branch1:b");
	bench_expect(bench.asked[0].text, "6:resumel0:8:1 1 4000e");
	bench_relay(&bench, 0, "ok", BENCH_SDP);
	assert_int_equal(bench.nasked, 1);
	assert_int_equal(bench_count(&bench, COUNT_CALL_REVIVED), 1);
	assert_int_equal(c->state, CALL_SETUP);
	assert_int_equal(bench.nsent, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		TEST(the_offer_and_then_its_answer),
		TEST(another_version_is_no_matter),
		TEST(other_ports_end_the_call),
		TEST(refused),
		TEST(the_answer_refused),
		TEST(no_answer_ends_nothing),
		TEST(nothing_known_ends_the_call),
		TEST(an_offer_that_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

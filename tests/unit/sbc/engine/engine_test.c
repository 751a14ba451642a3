/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/sbc/bench.h"

static struct bench bench; /* too large for the stack */

static void a_call_from_beginning_to_end(void **state)
{
	struct bench *b = &bench;
	struct span ok;
	struct call *c;

	(void)state;
	bench_open(b, BENCH_CONF);
	c = bench_call(b, &ok);
	assert_non_null(c);
	assert_int_equal(bench_count(b, COUNT_CALL_ANSWERED), 1);
	bench_receive(b, bench_carrier(b), bench_in_dialog(b, ok, "BYE", 2, ""));
	assert_int_equal(bench_count(b, COUNT_CALL_HUNGUP), 1);
	bench_expect(bench_last(b), "BYE sip:alice@10.0.0.20:5062 ");
	bench_answer_byes(b);
	assert_null(b->e->calls);
	assert_int_equal(b->e->dialogs.count, 0);
	bench_close(b);
}

static void time_goes_on_without_messages(void **state)
{
	struct bench *b = &bench;

	(void)state;
	bench_open(b, BENCH_CONF);
	assert_true(engine_next(b->e) == UINT64_MAX);
	bench_invite(b);
	assert_true(engine_next(b->e) <= BENCH_NOW + 500);
	/* Nobody answers the INVITE: it is sent again, given up, and nothing is left behind. */
	bench_pass(b, 200000);
	assert_int_equal(bench_count(b, COUNT_CALL_UNREACHABLE), 1);
	assert_null(b->e->calls);
	assert_int_equal(b->e->txns.count, 0);
	assert_int_equal(b->e->relay.nwait, 0);
	bench_close(b);
}

static void a_clock_that_goes_back_does_no_harm(void **state)
{
	struct bench *b = &bench;

	(void)state;
	bench_open(b, BENCH_CONF);
	engine_advance(b->e, BENCH_NOW + 50);
	engine_advance(b->e, BENCH_NOW - 50);
	assert_true(core_now(&b->e->core) == BENCH_NOW + 50);
	bench_close(b);
}

static void shutdown_ends_every_call_on_both_sides(void **state)
{
	struct bench *b = &bench;
	struct span ok;

	(void)state;
	bench_open(b, BENCH_CONF);
	bench_call(b, &ok);
	bench_forget(b);
	engine_shutdown(b->e);
	assert_int_equal(b->nsent, 2);
	for (unsigned i = 0; i < 2; i++)
		bench_expect(b->sent[i].text, "BYE ");
	assert_int_equal(b->nasked, 1);
	bench_expect(b->asked[0].text, "7:command6:delete");
	bench_answer_byes(b);
	assert_null(b->e->calls);
	assert_int_equal(bench_count(b, COUNT_CALL_SHUTDOWN), 1);
	bench_close(b);
}

static void after_shutdown_no_call_begins(void **state)
{
	struct bench *b = &bench;

	(void)state;
	bench_open(b, BENCH_CONF);
	engine_shutdown(b->e);
	bench_register(b, "alice", "sip:alice@10.0.0.20:5062");
	bench_receive(b, bench_carrier(b), bench_request(b, "INVITE", "sip:alice@198.51.100.5", "t", 1, "", BENCH_SDP));
	bench_expect(bench_last(b), "SIP/2.0 503 ");
	bench_expect(bench_last(b), "\r\nRetry-After: ");
	bench_close(b);
}

/* Nothing that is under way when the engine goes may be left: the sanitizer counts. */
static void freed_in_the_middle_of_a_call(void **state)
{
	struct bench *b = &bench;

	(void)state;
	bench_open(b, BENCH_CONF);
	bench_invite(b);
	bench_answer(b, b->nsent - 1, 200, "Contact: <sip:a@10.0.0.20>\nContent-Type: application/sdp\n", BENCH_SDP);
	assert_int_equal(b->e->relay.nwait, 1);
	bench_close(b);
}

static void the_relay_says_that_media_stopped(void **state)
{
	static const struct {
		const char *event, *id;
		unsigned ended;
	} cases[] = {
		{ "media-timeout", "", 1 },
		{ "something-new", "", 0 },
		{ "media-timeout", "nobodyscall1", 0 },
	};
	struct bench *b = &bench;
	struct span ok;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct call *c;
		const char *id;

		bench_open(b, BENCH_CONF);
		c = bench_call(b, &ok);
		id = cases[i].id[0] ? cases[i].id : c->id;
		engine_relay_receive(b->e,
				     bench_text(b, "e1 d7:call-id%zu:%s5:event%zu:%se", strlen(id), id,
						strlen(cases[i].event), cases[i].event),
				     BENCH_NOW);
		assert_int_equal(bench_count(b, COUNT_CALL_MEDIA_TIMEOUT), cases[i].ended);
		if (cases[i].ended)
			bench_expect(bench_last(b), "\r\nReason: SIP;cause=408");
		bench_close(b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_from_beginning_to_end),
		cmocka_unit_test(time_goes_on_without_messages),
		cmocka_unit_test(a_clock_that_goes_back_does_no_harm),
		cmocka_unit_test(shutdown_ends_every_call_on_both_sides),
		cmocka_unit_test(after_shutdown_no_call_begins),
		cmocka_unit_test(freed_in_the_middle_of_a_call),
		cmocka_unit_test(the_relay_says_that_media_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

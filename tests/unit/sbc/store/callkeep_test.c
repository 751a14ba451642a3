/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/store/callkeep.h"

#include "tests/unit/sbc/bench.h"

#include "sbc/call/callend.h"
#include "sbc/call/leg.h"

static struct bench bench;
static unsigned woken;
static struct database_call rows[CALLKEEP_BATCH];
static char text[1 << 20];

static void on_wake(void *ctx)
{
	(void)ctx;
	woken++;
}

static int open_bench(void **state)
{
	(void)state;
	woken = 0;
	bench_open(&bench, BENCH_CONF);
	bench.e->keep = callkeep_new(bench.e);
	assert_non_null(bench.e->keep);
	bench.e->keep->wake = on_wake;
	return 0;
}

static int close_bench(void **state)
{
	(void)state;
	bench_close(&bench);
	return 0;
}

static struct callkeep *keep(void)
{
	return bench.e->keep;
}

/* What would be written now. */
static unsigned pack(void)
{
	struct writer w = writer_over(text, sizeof(text));

	return callkeep_pack(keep(), rows, &w);
}

static struct callrecord record_in(unsigned i)
{
	struct callrecord r;

	assert_false(rows[i].gone);
	assert_int_equal(callrecord_read(rows[i].data, &r), 0);
	return r;
}

static void short_calls_are_not_kept(void **state)
{
	struct span ok;
	struct call *c = bench_call(&bench, &ok);

	(void)state;
	bench_pass(&bench, CALLKEEP_AFTER_MS - 1);
	assert_null(c->kept);
	assert_int_equal(pack(), 0);
	callend(bench.e, c, COUNT_CALL_OPERATOR, 503, NULL);
	bench_answer_byes(&bench);
	bench_pass(&bench, 10 * CALLKEEP_AFTER_MS);
	assert_int_equal(pack(), 0);
	assert_int_equal(woken, 0);
	assert_int_equal(keep()->nkept, 0);
}

static void a_call_that_lasts_is_written(void **state)
{
	struct span ok;
	struct call *c = bench_call(&bench, &ok);
	struct callrecord r;

	(void)state;
	bench_pass(&bench, CALLKEEP_AFTER_MS);
	assert_non_null(c->kept);
	assert_int_equal(woken, 1);
	assert_int_equal(pack(), 1);
	assert_int_equal(rows[0].row, 1);
	r = record_in(0);
	assert_true(span_eq(r.id, span_str(c->id)));
	assert_int_equal(r.created, BENCH_WALL);
	assert_int_equal(r.answered, BENCH_WALL - CALLKEEP_AFTER_MS / 1000);
	assert_true(span_eq(r.leg[0].trunk, SPAN("carrier")) && span_eq(r.leg[0].realm, SPAN("internet")));
	assert_true(span_eq(r.leg[0].call_id, SPAN("trunkcall")) && span_eq(r.leg[0].remote_tag, SPAN("trunktag")));
	assert_true(span_eq(r.leg[0].local_tag, buf_span(c->leg[0]->local_tag)));
	assert_int_equal(r.leg[0].remote_cseq, 1);
	assert_false(span_is_set(r.leg[1].trunk));
	assert_true(span_eq(r.leg[1].realm, SPAN("lan")) && span_eq(r.leg[1].transport, SPAN("UDP")));
	assert_true(span_eq(r.leg[1].target, SPAN("sip:alice@10.0.0.20:5062")));
	assert_int_equal(r.leg[1].port, 5060);
	assert_int_equal(r.leg[1].local_cseq, 1);
	assert_true(span_eq(r.leg[1].media, SPAN("b")));
	callkeep_written(keep(), true);
	assert_int_equal(pack(), 0);
}

static void what_is_over_goes(void **state)
{
	struct span ok;
	struct call *c = bench_call(&bench, &ok);

	(void)state;
	bench_pass(&bench, CALLKEEP_AFTER_MS);
	assert_int_equal(pack(), 1);
	/* While it is being written. */
	callend(bench.e, c, COUNT_CALL_OPERATOR, 503, NULL);
	bench_answer_byes(&bench);
	callkeep_written(keep(), true);
	assert_int_equal(keep()->nkept, 1);
	assert_int_equal(pack(), 1);
	assert_true(rows[0].gone);
	assert_int_equal(rows[0].row, 1);
	/* It could not be taken out: that is tried again. */
	callkeep_written(keep(), false);
	assert_int_equal(pack(), 1);
	assert_true(rows[0].gone);
	callkeep_written(keep(), true);
	assert_int_equal(keep()->nkept, 0);
}

/* Due to be written, but over before: nothing is. */
static void what_was_never_written_need_not_go(void **state)
{
	struct span ok;
	struct call *c = bench_call(&bench, &ok);

	(void)state;
	bench_pass(&bench, CALLKEEP_AFTER_MS);
	callend(bench.e, c, COUNT_CALL_OPERATOR, 503, NULL);
	bench_answer_byes(&bench);
	assert_int_equal(keep()->nkept, 0);
	assert_int_equal(pack(), 0);
}

static void what_failed_is_written_again(void **state)
{
	struct span ok;

	(void)state;
	bench_call(&bench, &ok);
	bench_pass(&bench, CALLKEEP_AFTER_MS);
	assert_int_equal(pack(), 1);
	callkeep_written(keep(), false);
	assert_int_equal(pack(), 1);
	(void)record_in(0);
	callkeep_written(keep(), true);
	/* A new file. */
	callkeep_all(keep());
	assert_int_equal(pack(), 1);
	callkeep_written(keep(), true);
}

static void changes_are_written_once(void **state)
{
	struct span ok;
	struct call *c = bench_call(&bench, &ok);

	(void)state;
	callkeep_changed(bench.e, c); /* not kept yet */
	bench_pass(&bench, CALLKEEP_AFTER_MS);
	assert_int_equal(pack(), 1);
	callkeep_changed(bench.e, c);
	callkeep_changed(bench.e, c);
	callkeep_written(keep(), true);
	assert_int_equal(pack(), 1);
	callkeep_written(keep(), true);
	bench_receive(&bench, bench_carrier(&bench), bench_in_dialog(&bench, ok, "UPDATE", 2, ""));
	assert_int_equal(pack(), 1);
	assert_int_equal(record_in(0).leg[0].remote_cseq, 2);
	callkeep_written(keep(), true);
}

/* INFO changes nothing; but many of them use up the numbers that a leg which comes back passes over. */
static void sequence_numbers_are_never_far_behind(void **state)
{
	struct span ok;
	struct call *c = bench_call(&bench, &ok);
	uint64_t written = 1;

	(void)state;
	bench_pass(&bench, CALLKEEP_AFTER_MS);
	assert_int_equal(pack(), 1);
	callkeep_written(keep(), true);
	for (unsigned cseq = 2; cseq < 300; cseq++) {
		bench_forget(&bench);
		bench_receive(&bench, bench_carrier(&bench), bench_in_dialog(&bench, ok, "INFO", cseq, ""));
		bench_answer(&bench, 0, 200, "", "");
		bench_pass(&bench, 40000); /* their transactions end */
		if (pack())
			written = record_in(0).leg[1].local_cseq;
		callkeep_written(keep(), true);
		assert_true(c->leg[1]->local_cseq <= written + CALLKEEP_CSEQ_STEP);
		if (bench.ntext > BENCH_TEXTS - 16)
			for (; bench.ntext > 64;)
				free(bench.texts[--bench.ntext]);
	}
	assert_true(written >= 256);
}

/* One that the batch has no room for is the next one's first. */
static void as_many_as_there_is_room_for(void **state)
{
	struct span ok;
	struct writer w = writer_over(text, 100);

	(void)state;
	bench_call(&bench, &ok);
	bench_pass(&bench, CALLKEEP_AFTER_MS);
	/* No batch ever has room for it: an old state would be worse than none. */
	assert_int_equal(callkeep_pack(keep(), rows, &w), 1);
	assert_true(rows[0].gone);
	assert_int_equal(bench_count(&bench, COUNT_CALL_TOO_LARGE), 1);
	callkeep_written(keep(), true);
	callkeep_all(keep());
	assert_int_equal(pack(), 1);
	(void)record_in(0);
	callkeep_written(keep(), true);
}

static void who_leaves_keeps_young_calls(void **state)
{
	struct span ok;

	(void)state;
	bench_call(&bench, &ok);
	assert_true(engine_leave(bench.e));
	assert_int_equal(pack(), 1);
	(void)record_in(0);
	callkeep_written(keep(), true);
}

static void ringing_calls_are_not_kept(void **state)
{
	(void)state;
	bench_invite(&bench);
	bench_pass(&bench, 10 * CALLKEEP_AFTER_MS);
	assert_int_equal(pack(), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_bench, close_bench)
	const struct CMUnitTest tests[] = {
		TEST(short_calls_are_not_kept),
		TEST(a_call_that_lasts_is_written),
		TEST(what_is_over_goes),
		TEST(what_was_never_written_need_not_go),
		TEST(what_failed_is_written_again),
		TEST(changes_are_written_once),
		TEST(sequence_numbers_are_never_far_behind),
		TEST(as_many_as_there_is_room_for),
		TEST(ringing_calls_are_not_kept),
		TEST(who_leaves_keeps_young_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

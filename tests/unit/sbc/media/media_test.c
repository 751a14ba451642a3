/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/media/media.h"

#include "sbc/call/calls.h"
#include "tests/unit/sbc/bench.h"

static struct bench bench;

static struct sip_msg with_body(const char *type, const char *body)
{
	return bench_msg(bench_text(&bench,
				    "INVITE sip:a@b SIP/2.0\nv: SIP/2.0/UDP x;branch=z9hG4bK1\nf: <sip:a@b>;tag=1\n"
				    "t: <sip:a@b>\ni: 1\nCSeq: 1 INVITE\n%s%s%sl: %zu\n\n%s",
				    type[0] ? "c: " : "", type, type[0] ? "\n" : "", strlen(body), body));
}

static void which_bodies_are_ours(void **state)
{
	static const struct {
		const char *type, *body;
		bool sdp, foreign;
	} cases[] = {
		{ "application/sdp", "v=0", true, false },
		{ "Application/SDP;charset=x", "v=0", true, false },
		{ "application/sdp", "", false, false },
		{ "", "", false, false },
		{ "multipart/mixed;boundary=x", "--x", false, true },
		{ "multipart/mixed;boundary=x", "--x\r\n\r\nhello\r\n--x\r\nc: application/sdp\r\n\r\nv=0\r\n--x--\r\n",
		  true, false },
		{ "multipart/mixed;boundary=x", "--x\r\nc: application/sdp\r\n\r\nv=0\r\n", false, true }, /* no end */
		{ "multipart/mixed;boundary=x", "--x\r\nc: application/sdp\r\n\r\n\r\n--x--\r\n", false,
		  true }, /* empty */
		{ "multipart/mixed;boundary=x", "--x\r\nc: text/plain\r\n\r\nv=0\r\n--x--\r\n", false, false },
		{ "text/plain", "hello", false, false },
		{ "application/pkcs7-mime", "hello", false, true },
		{ "", "hello", false, false },
	};

	(void)state;
	bench_open(&bench, BENCH_CONF);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sip_msg m = with_body(cases[i].type, cases[i].body);

		assert_int_equal(media_has_sdp(&m), cases[i].sdp);
		assert_int_equal(media_is_foreign(&m), cases[i].foreign);
	}
	bench_close(&bench);
}

/* O9: the other parts stay as they are. */
static void what_becomes_of_bodies(void **state)
{
	static const struct {
		const char *type, *before, *sdp, *after;
	} cases[] = {
		{ "application/sdp", "v=0", "v=1", "v=1" },
		{ "application/sdp", "v=0", "", "" },
		{ "multipart/mixed;boundary=x", "--x\r\n\r\nhello\r\n--x\r\nc: application/sdp\r\n\r\nv=0\r\n--x--\r\n",
		  "v=12", "--x\r\n\r\nhello\r\n--x\r\nc: application/sdp\r\n\r\nv=12\r\n--x--\r\n" },
		{ "multipart/mixed;boundary=x", "--x\r\nc: application/sdp\r\n\r\nv=0\r\n--x--\r\n", "", "" },
		{ "", "", "v=1", "v=1" }, /* said in a message before this one */
	};

	(void)state;
	bench_open(&bench, BENCH_CONF);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sip_msg m = with_body(cases[i].type, cases[i].before);
		struct span body = media_body(bench.e, &m, span_str(cases[i].sdp));

		assert_true(span_eq(body, span_str(cases[i].after)));
	}
	bench_close(&bench);
}

static void on_done(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	(void)env, (void)w, (void)a;
}

/* A phone in lan (A) and the carrier (B). */
static struct call *a_call(void)
{
	struct call *c = calls_new(bench.e);

	c->leg[SIDE_A]->flow = bench_phone(&bench);
	c->leg[SIDE_B]->flow = bench_carrier(&bench);
	c->leg[SIDE_B]->trunk = 0;
	return c;
}

static struct ng_request asked(unsigned i)
{
	struct ng_request r;

	assert_int_equal(ng_request_decode(bench.asked[i].text, (struct span){ 0 }, &r), NG_DECODE_OK);
	return r;
}

/* Tags stay those of offerer and answerer whoever speaks; realms and address are the sender's first. */
static void what_is_asked(void **state)
{
	static const struct {
		bool (*ask)(struct engine *, struct leg *, struct leg *, const struct sip_msg *, relaylink_done_fn *,
			    void *);
		enum side from;
		enum ng_command command;
		const char *from_tag, *to_tag, *direction[2], *received;
		enum ng_latch latch;
	} cases[] = {
		{ media_offer, SIDE_A, NG_OFFER, "a", "b", { "lan", "internet" }, "10.0.0.20", NG_LATCH_DEFAULT },
		{ media_answer, SIDE_B, NG_ANSWER, "a", "b", { "internet", "lan" }, "203.0.113.99", NG_LATCH_EXACT },
		{ media_offer, SIDE_B, NG_OFFER, "b", "a", { "internet", "lan" }, "203.0.113.99", NG_LATCH_EXACT },
		{ media_answer, SIDE_A, NG_ANSWER, "b", "a", { "lan", "internet" }, "10.0.0.20", NG_LATCH_DEFAULT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sip_msg m;
		struct ng_request r;
		struct addr received;
		struct call *c;

		bench_open(&bench, BENCH_CONF);
		m = with_body("application/sdp", BENCH_SDP);
		c = a_call();
		assert_true(cases[i].ask(bench.e, c->leg[cases[i].from], c->leg[side_other(cases[i].from)], &m, on_done,
					 &bench));
		r = asked(0);
		assert_int_equal(r.command, cases[i].command);
		assert_true(span_eq(r.call_id, span_str(c->id)));
		assert_true(span_eq(r.from_tag, span_str(cases[i].from_tag)));
		assert_true(span_eq(r.to_tag, span_str(cases[i].to_tag)));
		for (int k = 0; k < 2; k++)
			assert_true(span_eq(r.direction[k], span_str(cases[i].direction[k])));
		assert_true(span_eq(r.sdp, SPAN(BENCH_SDP)));
		assert_int_equal(addr_parse(span_str(cases[i].received), 0, &received), 0);
		assert_true(addr_same_host(&r.received_from, &received));
		assert_int_equal(r.latch, cases[i].latch);
		assert_true(c->media);
		assert_non_null(c->waits);
		bench_close(&bench);
	}
}

/* A session is deleted once, and only where there is one. */
static void rollback_and_delete(void **state)
{
	struct sip_msg m;
	struct call *c;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	m = with_body("application/sdp", BENCH_SDP);
	c = a_call();
	media_delete(bench.e, c);
	assert_int_equal(bench.nasked, 0);
	media_offer(bench.e, c->leg[SIDE_A], c->leg[SIDE_B], &m, on_done, &bench);
	media_rollback(bench.e, c->leg[SIDE_B]);
	assert_int_equal(asked(1).command, NG_ROLLBACK);
	assert_true(span_eq(asked(1).from_tag, SPAN("b")));
	media_delete(bench.e, c);
	media_delete(bench.e, c);
	assert_int_equal(bench.nasked, 3);
	assert_int_equal(asked(2).command, NG_DELETE);
	assert_int_equal(asked(2).from_tag.n, 0);
	bench_close(&bench);
}

static void queries_are_the_askers_own(void **state)
{
	struct relaylink_wait *list = NULL;
	struct sip_msg m;
	struct call *c;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	m = with_body("application/sdp", BENCH_SDP);
	c = a_call();
	assert_false(media_query(bench.e, c, on_done, &bench, &list));
	media_offer(bench.e, c->leg[SIDE_A], c->leg[SIDE_B], &m, on_done, &bench);
	assert_true(media_query(bench.e, c, on_done, &bench, &list));
	assert_int_equal(asked(1).command, NG_QUERY);
	assert_non_null(list);
	assert_ptr_not_equal(list, c->waits);
	relaylink_forget(&list);
	bench_close(&bench);
}

static void why_the_relay_refused(void **state)
{
	static const struct {
		const char *reason; /* NULL: no answer at all */
		unsigned status;
		enum count why;
	} cases[] = {
		{ NULL, 503, COUNT_REFUSE_RELAY_GONE },
		{ "Parallel session limit reached", 503, COUNT_REFUSE_RELAY },
		{ "Ran out of ports", 503, COUNT_REFUSE_RELAY },
		{ "Failed to parse SDP", 488, COUNT_REFUSE_SDP },
		{ "SDP address is loopback", 488, COUNT_REFUSE_TARGET },
		{ "SDP address is one of our own ports", 488, COUNT_REFUSE_TARGET },
		{ "", 488, COUNT_REFUSE_SDP },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct ng_answer a = { .error_reason = span_str(cases[i].reason) };
		enum count why;

		assert_int_equal(media_refusal(cases[i].reason ? &a : NULL, &why), cases[i].status);
		assert_int_equal(why, cases[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(which_bodies_are_ours),
		cmocka_unit_test(what_becomes_of_bodies),
		cmocka_unit_test(what_is_asked),
		cmocka_unit_test(rollback_and_delete),
		cmocka_unit_test(queries_are_the_askers_own),
		cmocka_unit_test(why_the_relay_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

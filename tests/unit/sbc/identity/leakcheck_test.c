/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/identity/leakcheck.h"

#include "tests/unit/sbc/bench.h"

#define NODE(mode) "{ \"node\": { \"leak-check\": \"" mode "\" }, " BENCH_REALMS ", " BENCH_TRUNK ", " BENCH_LIMITS " }"
#define HEAD       "INFO sip:alice@10.0.0.20:5062 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKours\r\n"
#define TAIL       "Content-Length: 0\r\n\r\n"

static struct bench bench;

/* In mem, for alice: what came from the carrier whose request had that Via. */
static struct writer passed(const struct leg *to, char mem[1024], const char *text, bool *passes)
{
	struct writer w = writer_over(mem, 1024);
	struct sip_msg m = bench_msg(SPAN("INFO sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP "
					  "203.0.113.99;branch=z9hG4bKtheirs;rport\r\n\r\n"));

	writer_str(&w, text);
	*passes = leakcheck_passes(bench.e, to, &m, &w);
	return w;
}

/* {id} and {tag} stand for what the carrier calls the dialog, {ours} for our tag there. */
static void planted(const struct leg *from, char to[1024], const char *text)
{
	static const char *const words[] = { "{id}", "{tag}", "{ours}" };
	const struct span names[] = { buf_span(from->call_id), buf_span(from->remote_tag), buf_span(from->local_tag) };
	struct writer w = writer_over(to, 1023);
	struct span left = span_str(text);

	while (left.n) {
		unsigned i = 0;

		while (i < 3 && !span_starts(left, span_str(words[i])))
			i++;
		writer_put(&w, i < 3 ? names[i] : span_slice(left, 0, 1));
		left = span_from(left, i < 3 ? (uint32_t)strlen(words[i]) : 1);
	}
	to[w.n] = '\0';
}

static void a_planted_leak_is_caught(void **state)
{
	static const struct {
		const char *text, *left; /* of it, where leaks are blocked; NULL: it must not go out */
		unsigned leaks;
	} cases[] = {
		{ HEAD TAIL, HEAD TAIL, 0 },
		/* an address of the peer, of ours there */
		{ HEAD "X: 203.0.113.99\r\n" TAIL, HEAD TAIL, 1 },
		{ HEAD "X: a\r\nY: <sip:198.51.100.5>\r\nZ: b\r\n" TAIL, HEAD "X: a\r\nZ: b\r\n" TAIL, 1 },
		{ HEAD "X: 203.0.113.99\r\nY: 198.51.100.5, 203.0.113.99\r\n" TAIL, HEAD TAIL, 2 },
		/* another's, or nobody's */
		{ HEAD "X: 203.0.113.9\r\nY: 192.168.1.1\r\nZ: 10.0.0.20\r\n" TAIL,
		  HEAD "X: 203.0.113.9\r\nY: 192.168.1.1\r\nZ: 10.0.0.20\r\n" TAIL, 0 },
		/* identifiers */
		{ HEAD "Replaces: {id}\r\n" TAIL, HEAD TAIL, 1 },
		{ HEAD "X: tag={tag}\r\n" TAIL, HEAD TAIL, 1 },
		{ HEAD "X: tag={ours}\r\n" TAIL, HEAD TAIL, 1 },
		{ HEAD "X: z9hG4bKtheirs\r\n" TAIL, HEAD TAIL, 1 },
		/* where a line can't be left out */
		{ HEAD "From: <sip:a@203.0.113.99>\r\n" TAIL, NULL, 1 },
		{ HEAD "Contact: <sip:{ours}@10.0.0.5>\r\n" TAIL, NULL, 1 },
		{ HEAD "Content-Length: 20\r\n\r\nc=IN IP4 198.51.100.5", NULL, 1 },
		/* lines of a response */
		{ "Subject: 203.0.113.99\r\nReason: x\r\n", "Reason: x\r\n", 1 },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases) * 3; i++) {
		static const char *const confs[] = { NODE("off"), NODE("count"), NODE("block") };
		char text[1024], left[1024], mem[1024];
		struct span ok;
		struct leg *to;
		struct writer w;
		bool passes, off = i % 3 == 0, block = i % 3 == 2;

		bench_open(&bench, confs[i % 3]);
		to = bench_call(&bench, &ok)->leg[SIDE_B];
		planted(to->peer, text, cases[i / 3].text);
		planted(to->peer, left, block && cases[i / 3].left ? cases[i / 3].left : cases[i / 3].text);
		w = passed(to, mem, text, &passes);
		if (passes != (!block || cases[i / 3].left != NULL) ||
		    (passes && !span_eq(writer_done(&w), span_str(left))))
			fail_msg("%s: %d %.*s", text, passes, SPAN_ARG(writer_done(&w)));
		assert_int_equal(bench_count(&bench, COUNT_LEAK), off ? 0 : cases[i / 3].leaks);
		assert_int_equal(bench_count(&bench, COUNT_LEAK_BLOCKED), block && !cases[i / 3].left);
		bench_close(&bench);
	}
}

/* The first leg's peer wrote From and To itself. */
static void what_a_peer_wrote_itself_is_no_news_to_it(void **state)
{
	static const char text[] = "INFO sip:trunk@203.0.113.99 SIP/2.0\r\nFrom: <sip:a@10.0.0.20>;tag=1\r\n"
				   "To: <sip:b@10.0.0.5>\r\nRoute: <sip:10.0.0.5;lr>\r\n\r\n";
	char mem[1024];
	struct span ok;
	struct writer w;
	bool passes;

	(void)state;
	bench_open(&bench, NODE("block"));
	w = passed(bench_call(&bench, &ok)->leg[SIDE_A], mem, text, &passes);
	assert_true(passes);
	assert_true(span_eq(writer_done(&w), span_str(text)));
	assert_int_equal(bench_count(&bench, COUNT_LEAK), 0);
	bench_close(&bench);
}

static void the_log_names_call_and_line(void **state)
{
	char mem[1024];
	struct span ok;
	struct call *c;
	bool passes;

	(void)state;
	bench_open(&bench, NODE("count"));
	c = bench_call(&bench, &ok);
	passed(c->leg[SIDE_B], mem, HEAD "Subject: at 203.0.113.99\r\n" TAIL, &passes);
	bench_expect(span_str(bench.log), c->id);
	bench_expect(span_str(bench.log), "a message to 10.0.0.20:5062 tells 203.0.113.99, which belongs to the other "
					  "side: Subject: at 203.0.113.99\n");
	bench_close(&bench);
}

static void bodies_of_responses(void **state)
{
	struct span ok;
	struct leg *to;

	(void)state;
	for (int block = 0; block < 2; block++) {
		bench_open(&bench, block ? NODE("block") : NODE("count"));
		to = bench_call(&bench, &ok)->leg[SIDE_B];
		assert_true(leakcheck_body_passes(bench.e, to, NULL, SPAN("v=0\r\nc=IN IP4 10.0.0.5\r\n")));
		assert_int_equal(bench_count(&bench, COUNT_LEAK), 0);
		assert_int_equal(leakcheck_body_passes(bench.e, to, NULL, SPAN("v=0\r\nc=IN IP4 198.51.100.5\r\n")),
				 !block);
		assert_int_equal(bench_count(&bench, COUNT_LEAK), 1);
		assert_int_equal(bench_count(&bench, COUNT_LEAK_BLOCKED), block);
		bench_close(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_planted_leak_is_caught),
		cmocka_unit_test(what_a_peer_wrote_itself_is_no_news_to_it),
		cmocka_unit_test(the_log_names_call_and_line),
		cmocka_unit_test(bodies_of_responses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

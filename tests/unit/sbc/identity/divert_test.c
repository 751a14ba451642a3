/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/identity/divert.h"

#include "sbc/fork/redirect.h"
#include "tests/unit/sbc/bench.h"

#define TRUNKS                                                                                                         \
	"\"trunks\": {"                                                                                                \
	" \"none\": { \"realm\": \"internet\", \"peers\": [\"203.0.113.1\"], \"probe\": \"0s\" },"                     \
	" \"new\": { \"realm\": \"internet\", \"peers\": [\"203.0.113.2\"], \"probe\": \"0s\","                        \
	"  \"diversion\": \"history-info\" },"                                                                         \
	" \"old\": { \"realm\": \"internet\", \"peers\": [\"203.0.113.3\"], \"probe\": \"0s\","                        \
	"  \"diversion\": \"diversion\" },"                                                                            \
	" \"both\": { \"realm\": \"internet\", \"peers\": [\"203.0.113.4\"], \"probe\": \"0s\","                       \
	"  \"diversion\": \"both\" } }"

enum { PHONE = -1, NONE, NEW, OLD, BOTH };

static struct bench bench;

/* A call that came to `to` after so many redirections, each by user "r" and its number. */
struct way {
	struct call call;
	struct pass pass;
	struct leg from, legs[REDIRECT_DEPTH + 1];
	struct branch branches[REDIRECT_DEPTH + 1];
};

static void way_open(struct way *w, int from, int to, unsigned redirections)
{
	*w = (struct way){ 0 };
	w->from.trunk = (int16_t)from;
	w->pass.call = &w->call;
	w->pass.from = &w->from;
	for (unsigned i = 0; i <= redirections; i++) {
		struct leg *l = &w->legs[i];

		l->trunk = (int16_t)(i == redirections ? to : PHONE);
		l->flow.realm = (uint8_t)conf_realm_find(bench.conf, SPAN("internet"));
		l->remote = buf_keep(&bench.e->core.bufs, bench_text(&bench, "<sip:r%u@10.0.0.5>", i + 1));
		l->target = buf_keep(&bench.e->core.bufs, SPAN("sip:end@203.0.113.9"));
		w->branches[i] = (struct branch){ .pass = &w->pass, .to = l, .after = i ? &w->branches[i - 1] : NULL };
	}
}

static void way_close(struct way *w)
{
	for (unsigned i = 0; i <= REDIRECT_DEPTH; i++) {
		buf_drop(&bench.e->core.bufs, w->legs[i].remote);
		buf_drop(&bench.e->core.bufs, w->legs[i].target);
	}
}

static void told_as_the_trunk_wants_it(void **state)
{
	static const char before[] = "Diversion: <sip:x@203.0.113.7>;reason=user-busy\n";
	static const struct {
		const char *name, *lines;
		int from, to;
		unsigned redirections;
		const char *expected;
	} cases[] = {
		{ "nothing to tell", "", PHONE, BOTH, 0, "" },
		{ "not wanted", "", PHONE, NONE, 1, "" },
		{ "a phone", before, BOTH, PHONE, 1, "" },
		{ "redirected here, Diversion", "", PHONE, OLD, 1,
		  "Diversion: <sip:r1@198.51.100.5>;reason=unconditional\r\n" },
		{ "redirected here, History-Info", "", PHONE, NEW, 1,
		  "History-Info: <sip:r1@198.51.100.5>;index=1, <sip:end@198.51.100.5;cause=302>;index=1.1;mp=1\r\n" },
		{ "twice, the latest first", "", PHONE, OLD, 2,
		  "Diversion: <sip:r2@198.51.100.5>;reason=unconditional, "
		  "<sip:r1@198.51.100.5>;reason=unconditional\r\n" },
		{ "before us", before, NEW, OLD, 0, "Diversion: <sip:x@198.51.100.5>;reason=user-busy\r\n" },
		{ "before us, and here", before, NEW, OLD, 1,
		  "Diversion: <sip:r1@198.51.100.5>;reason=unconditional, "
		  "<sip:x@198.51.100.5>;reason=user-busy\r\n" },
		{ "a phone tells of others", before, PHONE, OLD, 0, "" },
		{ "a phone tells of others, redirected", before, PHONE, OLD, 1,
		  "Diversion: <sip:r1@198.51.100.5>;reason=unconditional\r\n" },
		{ "both ways", before, NEW, BOTH, 0,
		  "Diversion: <sip:x@198.51.100.5>;reason=user-busy\r\n"
		  "History-Info: <sip:x@198.51.100.5>;index=1, <sip:end@198.51.100.5;cause=486>;index=1.1;mp=1\r\n" },
	};

	(void)state;
	bench_open(&bench, "{ " BENCH_REALMS ", " TRUNKS " }");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sip_msg m =
			bench_msg(bench_request(&bench, "INVITE", "sip:1@198.51.100.5", "x", 1, cases[i].lines, ""));
		char text[1024];
		struct writer out = writer_over(text, sizeof(text));
		struct way w;

		way_open(&w, cases[i].from, cases[i].to, cases[i].redirections);
		divert_lines(bench.e, &w.branches[cases[i].redirections], &m, &out);
		if (!span_eq(writer_done(&out), span_str(cases[i].expected)))
			fail_msg("%s: %.*s", cases[i].name, SPAN_ARG(writer_done(&out)));
		way_close(&w);
	}
	bench_close(&bench);
}

/* The list is full with what was before us: the oldest gives way to what we know ourselves. */
static void the_latest_of_many(void **state)
{
	struct way w;
	struct sip_msg m;
	char text[2048];
	struct writer out = writer_over(text, sizeof(text));

	(void)state;
	bench_open(&bench, "{ " BENCH_REALMS ", " TRUNKS " }");
	m = bench_msg(bench_request(&bench, "INVITE", "sip:1@198.51.100.5", "x", 1,
				    "Diversion: <sip:a8@h.example>, <sip:a7@h.example>, <sip:a6@h.example>, "
				    "<sip:a5@h.example>, <sip:a4@h.example>, <sip:a3@h.example>, <sip:a2@h.example>, "
				    "<sip:a1@h.example>\n",
				    ""));
	way_open(&w, NEW, OLD, 5);
	divert_lines(bench.e, &w.branches[5], &m, &out);
	bench_expect(writer_done(&out), "Diversion: <sip:r5@");
	bench_expect(writer_done(&out), "<sip:r1@");
	bench_expect(writer_done(&out), "<sip:a6@");
	bench_expect_no(writer_done(&out), "<sip:a5@");
	bench_expect_no(writer_done(&out), "h.example");
	way_close(&w);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(told_as_the_trunk_wants_it),
		cmocka_unit_test(the_latest_of_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

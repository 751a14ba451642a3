/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/connected.h"

#include "tests/unit/sbc/bench.h"

static struct bench bench;

static struct sip_msg update(const char *from)
{
	static char text[512];
	struct writer w = writer_over(text, sizeof(text));

	writer_format(&w, "UPDATE sip:a@b SIP/2.0\r\nFrom: %s\r\n\r\n", from);
	return bench_msg(writer_done(&w));
}

static void a_change_is_seen_by_those_who_know_of_changes(void **state)
{
	static const struct {
		bool tells, hears;
		const char *from, *remote, *shown; /* NULL: as before */
	} cases[] = {
		{ true, true, "\"Carol\" <sip:carol@192.0.2.9>;tag=x", "\"Carol\" <sip:carol@192.0.2.9>",
		  "\"Carol\" <sip:carol@" },
		{ true, false, "<sip:dave@192.0.2.9>;tag=x", "<sip:dave@192.0.2.9>", NULL },
		{ false, true, "<sip:dave@192.0.2.9>;tag=x", NULL, NULL },
		{ true, true, "nobody at all", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char remote[256], shown[256];
		struct sip_msg m = update(cases[i].from);
		struct leg *l, *other;
		struct span ok;

		bench_open(&bench, BENCH_CONF);
		l = bench_call(&bench, &ok)->leg[SIDE_B];
		other = l->peer;
		snprintf(remote, sizeof(remote), "%.*s", SPAN_ARG(buf_span(l->remote)));
		snprintf(shown, sizeof(shown), "%.*s", SPAN_ARG(buf_span(other->local)));
		l->from_change = cases[i].tells;
		other->from_change = cases[i].hears;
		assert_int_equal(connected_changes(l, &m), cases[i].remote != NULL);
		connected_learn(bench.e, l, &m);
		assert_true(span_eq(buf_span(l->remote), span_str(cases[i].remote ? cases[i].remote : remote)));
		assert_true(span_starts(buf_span(other->local), span_str(cases[i].shown ? cases[i].shown : shown)));
		bench_expect_no(buf_span(other->local), "192.0.2.9");
		/* Once told, it is no news. */
		assert_false(connected_changes(l, &m));
		bench_close(&bench);
	}
}

static void who_knows_of_changes_says_so(void **state)
{
	static const struct {
		const char *line;
		bool before, after;
	} cases[] = {
		{ "Supported: timer, From-Change", false, true },
		{ "k: from-change", false, true },
		{ "Supported: timer", true, false },
		{ "Subject: from-change", true, true },
		{ "Require: from-change", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct leg l = { .from_change = cases[i].before };
		char text[256];
		struct writer w = writer_over(text, sizeof(text));
		struct sip_msg m;

		writer_format(&w, "UPDATE sip:a@b SIP/2.0\r\n%s\r\n\r\n", cases[i].line);
		m = bench_msg(writer_done(&w));
		connected_supported(&l, &m);
		assert_int_equal(l.from_change, cases[i].after);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_is_seen_by_those_who_know_of_changes),
		cmocka_unit_test(who_knows_of_changes_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

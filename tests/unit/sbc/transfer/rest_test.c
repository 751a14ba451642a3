/* SPDX-License-Identifier: BSD-3-Clause */
/* By a call that is taken over (takeover.h): what becomes of both calls where the one who stays, or the relay, does not
 * go along. */
#include "sbc/transfer/rest.h"

#include "sbc/transfer/replaced.h"
#include "tests/unit/sbc/bench.h"

static struct bench bench;

/* The carrier calls in the place of its dialog with the phone of c; the phone is asked. */
static void newcomer(const struct call *c)
{
	struct replaces r = replaced_alias(c->leg[SIDE_B]);
	const char *lines = bench_text(&bench, "Replaces: %.*s;to-tag=%.*s;from-tag=%.*s\n%c", SPAN_ARG(r.call_id),
				       SPAN_ARG(r.to_tag), SPAN_ARG(r.from_tag), 0)
				    .p;

	bench_receive(&bench, bench_carrier(&bench),
		      bench_request(&bench, "INVITE", "sip:alice@198.51.100.5", "second", 1, lines, BENCH_SDP));
}

static bool was_sent(const char *what)
{
	for (unsigned i = 0; i < bench.nsent; i++)
		if (bench_has(bench.sent[i].text, what))
			return true;
	return false;
}

static void what_becomes_of_both(void **state)
{
	static const struct {
		const char *offer, *sdp, *answer; /* the relay's word, the phone's answer, the relay's word on that */
		const char *refused;              /* what the newcomer hears; NULL: it is in */
		bool stays;                       /* the first call goes on as it was */
	} cases[] = {
		{ "ok", BENCH_SDP, "ok", NULL, true },
		{ "error", NULL, NULL, "SIP/2.0 488 ", true },
		{ "ok", "", NULL, "SIP/2.0 488 ", false },
		{ "ok", BENCH_SDP, "error", "SIP/2.0 488 ", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span ok;
		struct call *c;

		bench_open(&bench, BENCH_CONF);
		c = bench_call(&bench, &ok);
		newcomer(c);
		bench_relay(&bench, bench.nasked - 1, cases[i].offer, cases[i].sdp ? BENCH_SDP : "");
		if (cases[i].sdp)
			bench_answer(&bench, bench.nsent - 1, 200,
				     cases[i].sdp[0] ? "Content-Type: application/sdp\n" : "", cases[i].sdp);
		if (cases[i].answer)
			bench_relay(&bench, bench.nasked - 1, cases[i].answer,
				    strcmp(cases[i].answer, "ok") == 0 ? BENCH_SDP : "");
		if (cases[i].refused && !was_sent(cases[i].refused))
			fail_msg("case %zu: the last was %.*s", i, SPAN_ARG(bench_last(&bench)));
		if ((c->state == CALL_UP) != cases[i].stays)
			fail_msg("case %zu: the call %s", i, cases[i].stays ? "is over" : "goes on");
		engine_shutdown(bench.e);
		bench_close(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_becomes_of_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

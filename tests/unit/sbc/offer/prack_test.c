/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/offer/prack.h"

#include "tests/unit/sbc/bench.h"

static struct bench bench;

/* The carrier calls, the phone answers 183 reliably, and our 183 is there. Returns it. */
static struct span ring(void)
{
	bench_register(&bench, "alice", "sip:alice@10.0.0.20:5062");
	bench_receive(&bench, bench_carrier(&bench),
		      bench_request(&bench, "INVITE", "sip:alice@198.51.100.5", "trunk", 7, "Supported: 100rel\n", ""));
	bench_expect(bench_last(&bench), "INVITE sip:alice@10.0.0.20:5062 SIP/2.0\r\n");
	bench_answer(&bench, bench.nsent - 1, 183, "Contact: <sip:alice@10.0.0.20:5062>\nRequire: 100rel\nRSeq: 41\n",
		     "");
	bench_expect(bench_last(&bench), "SIP/2.0 183 ");
	return bench_last(&bench);
}

/* RFC 3262 3: a PRACK that names a response which waits for it is taken, once; to all others there is none. It has the
 * phone's own numbers on the other side. */
static void which_are_known(void **state)
{
	static const struct {
		const char *rack; /* behind the number of our response, plus `more` */
		unsigned more;
		bool known;
	} cases[] = {
		{ " 7 INVITE", 0, true },  { " 7 invite", 0, false }, { " 7 UPDATE", 0, false },
		{ " 8 INVITE", 0, false }, { " 7 INVITE", 1, false }, { " 7", 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span rang;
		struct sip_msg m;
		uint32_t rseq = 0;
		const char *rack;

		bench_open(&bench, BENCH_CONF);
		rang = ring();
		m = bench_msg(rang);
		assert_int_equal(span_u32(sip_msg_value(&m, SIP_HDR_RSEQ), &rseq), 0);
		rack = bench_text(&bench, "RAck: %u%s\n%c", rseq + cases[i].more, cases[i].rack, 0).p;
		bench_forget(&bench);
		bench_receive(&bench, bench_carrier(&bench), bench_in_dialog(&bench, rang, "PRACK", 8, rack));
		if ((bench_last_status(&bench) < 400) != cases[i].known)
			fail_msg("%s: %.*s", rack, SPAN_ARG(bench_last(&bench)));
		if (cases[i].known) {
			bench_expect(bench_last(&bench), "PRACK sip:alice@10.0.0.20:5062 SIP/2.0\r\n");
			bench_expect(bench_last(&bench), "RAck: 41 1 INVITE\r\n");
			bench_forget(&bench);
			bench_receive(&bench, bench_carrier(&bench), bench_in_dialog(&bench, rang, "PRACK", 9, rack));
			assert_int_equal(bench_last_status(&bench), 481);
		}
		engine_shutdown(bench.e);
		bench_close(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(which_are_known) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/transfer/referred.h"

#include "tests/unit/sbc/bench.h"

static struct bench bench;

static void the_invite_that_a_refer_asks_for(void **state)
{
	static const struct {
		const char *lines, *line; /* NULL: none can be made */
	} cases[] = {
		{ "Refer-To: <sip:bob@192.0.2.7>\n", "INVITE sip:bob@192.0.2.7 SIP/2.0\r\n" },
		{ "Refer-To: <sip:bob@192.0.2.7?Subject=x>\n", "INVITE sip:bob@192.0.2.7 SIP/2.0\r\n" },
		{ "Refer-To: <sip:bob@192.0.2.7>\n", "From: <sip:alice@example.com>\r\n" },
		{ "Refer-To: <sip:bob@192.0.2.7>\n", "Referred-By: \"Caller\" <sip:trunk@example.com>\r\n" },
		{ "Refer-To: <sip:bob@192.0.2.7>\nReferred-By: <sip:boss@192.0.2.7>\n",
		  "Referred-By: <sip:boss@192.0.2.7>\r\n" },
		{ "Refer-To: <sip:bob@192.0.2.7?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>\n",
		  "Replaces: a;to-tag=b;from-tag=c\r\n" },
		{ "Refer-To: <sip:bob@192.0.2.7?Replaces=a%0D%0AX:y>\n", NULL },
		{ "Refer-To: <sip:bob@192.0.2.7;method=BYE>\n", NULL },
		{ "Refer-To: what\n", NULL },
		{ "", NULL },
	};
	struct span ok;
	struct leg *a;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	a = bench_call(&bench, &ok)->leg[SIDE_A];
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sip_msg m =
			bench_msg(bench_request(&bench, "REFER", "sip:x@198.51.100.5", "trunk", 9, cases[i].lines, ""));
		char text[4096];
		struct writer w = writer_over(text, sizeof(text));

		assert_int_equal(referred_write(&w, a, &m), cases[i].line ? 0 : -1);
		if (!cases[i].line)
			continue;
		bench_expect(writer_done(&w), cases[i].line);
		bench_expect_no(writer_done(&w), "Subject");
		assert_true(bench_msg(writer_done(&w)).is_request);
	}
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_invite_that_a_refer_asks_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
